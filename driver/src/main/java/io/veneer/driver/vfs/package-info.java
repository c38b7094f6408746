/**
 * The vfs driver: a full copy for each layer, which works on every file system.
 *
 * <p>May import {@code io.veneer.driver} and its packages {@code snapshot}, {@code host} and {@code
 * layer}.
 */
package io.veneer.driver.vfs;
