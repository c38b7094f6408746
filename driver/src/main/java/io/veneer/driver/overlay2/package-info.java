/**
 * The overlay2 driver: a folder for each layer and many lower folders under a container.
 *
 * <p>May import {@code io.veneer.driver} and its packages {@code snapshot}, {@code host} and {@code
 * layer}.
 */
package io.veneer.driver.overlay2;
