/**
 * Reads ext4 from a device's blocks, and finds what changed from the blocks that differ.
 *
 * <p>May import {@code io.veneer.driver} and the thinpool module.
 *
 * <p>Nothing here mounts, writes or needs root. What is read is never trusted: a length, a block
 * number or a chain that cannot be is a {@link io.veneer.driver.DriverException} of kind DATA_LOSS
 * that says where, and work is bounded by what the device holds.
 */
package io.veneer.driver.ext4;
