/**
 * Gives thin devices a block device path of the kernel, and takes it back.
 *
 * <p>May import the thinpool module, {@code io.veneer.driver.fuse}, {@code io.veneer.driver.keep},
 * {@code io.veneer.driver.nbd}, {@code io.veneer.driver.meter} and {@code io.veneer.driver.host}.
 *
 * <p>Public are {@link io.veneer.driver.attach.Attachments}, {@link
 * io.veneer.driver.attach.Attachment}, {@link io.veneer.driver.attach.Via} and {@link
 * io.veneer.driver.attach.KilledServer}; and {@link io.veneer.driver.attach.LoopDevice} for files
 * that are no thin devices.
 */
package io.veneer.driver.attach;
