// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.serve;

/**
 * One address of a door.
 *
 * @param door the door's name, one word
 * @param address where clients connect, in the form that they take
 * @param connections how many are connected now
 */
public record DoorState(String door, String address, int connections) {}
