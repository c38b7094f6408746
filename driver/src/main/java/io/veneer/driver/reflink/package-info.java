/**
 * The reflink driver: a whole tree for each layer, whose files share blocks in the file system.
 *
 * <p>May import {@code io.veneer.driver} and its packages {@code snapshot}, {@code host} and {@code
 * layer}.
 */
package io.veneer.driver.reflink;
