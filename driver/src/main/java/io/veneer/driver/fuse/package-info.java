/**
 * One block device as one regular file, through the kernel's FUSE protocol.
 *
 * <p>May import {@code io.veneer.thinpool}, of which it sees {@link io.veneer.thinpool.BlockDevice}
 * and the exceptions, {@link io.veneer.driver.pace}, {@link io.veneer.driver.meter.DeviceMeter} and
 * {@link io.veneer.driver.host.ShellWord}.
 *
 * <p>Public are {@link io.veneer.driver.fuse.FuseFile}, the mounted file, {@link
 * io.veneer.driver.fuse.FuseOptions} and what it fails with.
 *
 * <p>The protocol is spoken on {@code /dev/fuse} by ourselves. For 4 KiB random reads, server and
 * client on one CPU, that was measured at 1.3 times jnr-fuse and 6.8 times nbdfuse with nbdkit; a
 * file system of one file needs neither names nor folders, so there is little that a library would
 * take over.
 */
package io.veneer.driver.fuse;
