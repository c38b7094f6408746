// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

/**
 * One row of what {@code docker info} shows of its storage driver.
 *
 * @param name what it is about
 * @param value what is so
 */
public record StatusRow(String name, String value) {}
