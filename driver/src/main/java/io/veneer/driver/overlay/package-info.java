/**
 * The overlay driver: one lower folder under a container, and full trees of hard links as images.
 *
 * <p>May import {@code io.veneer.driver} and its packages {@code snapshot}, {@code host} and {@code
 * layer}.
 */
package io.veneer.driver.overlay;
