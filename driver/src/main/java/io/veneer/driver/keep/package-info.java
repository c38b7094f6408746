/**
 * Keeps what the kernel has attached from one server of a pool to the next.
 *
 * <p>May import {@code io.veneer.thinpool}, of which it sees {@link io.veneer.thinpool.BlockDevice}
 * and the exceptions.
 *
 * <p>A server that ends takes its open {@code /dev/fuse} with it, and with that every file system
 * on its devices. So a small process beside it, the keeper, holds the same files open: for each
 * attachment the connection to the kernel and the loop device, and for all of them the memory with
 * the {@linkplain io.veneer.driver.keep.WriteLog write log}. The next server asks the keeper for
 * them, writes again what the log has, and has the kernel send again what was not answered. Who
 * uses the devices meanwhile waits.
 *
 * <p>Public are {@link io.veneer.driver.keep.Keeper}, a server's hold on its keeper, {@link
 * io.veneer.driver.keep.KeeperStuckException}, what it throws if that does not answer, {@link
 * io.veneer.driver.keep.KeptDevice}, what is known of one attachment, {@link
 * io.veneer.driver.keep.KeptFiles}, what is open for it, {@link io.veneer.driver.keep.CutOffLoop},
 * what is noted of one that was ended in use, and {@link io.veneer.driver.keep.WriteLog}.
 */
package io.veneer.driver.keep;
