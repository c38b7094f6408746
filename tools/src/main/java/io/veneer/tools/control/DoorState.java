// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

/**
 * One address through which clients come to a served pool.
 *
 * @param door the door's name, one word
 * @param address where clients connect, in the form that they take
 * @param connections how many are connected now
 */
public record DoorState(String door, String address, int connections) {}
