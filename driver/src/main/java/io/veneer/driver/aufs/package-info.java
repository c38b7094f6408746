/**
 * The aufs driver: branches searched from the newest to the base.
 *
 * <p>May import {@code io.veneer.driver} and its packages {@code snapshot}, {@code host} and {@code
 * layer}.
 */
package io.veneer.driver.aufs;
