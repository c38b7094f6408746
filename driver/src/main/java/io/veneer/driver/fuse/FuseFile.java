// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import io.veneer.driver.host.ShellWord;
import io.veneer.thinpool.BlockDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A block device as a regular file of the host, for programs and loop devices that want one. The
 * file system is mounted on a regular file, and its root is the file: there is nothing to look up.
 * All reading and writing goes past the page cache; only root can open it.
 *
 * <p>The device belongs to the file from {@link #mount} on: it is flushed and closed when the file
 * ends. Any thread may call any method.
 */
public final class FuseFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FuseFile.class);
  private static final Path KERNEL = Path.of("/dev/fuse");

  /** Not who gave the command, if a server does the work for it. */
  private static final String WHO_IS_ROOT =
      "the server, or without one the command, must run as root";

  private static final Duration QUIET = Duration.ofSeconds(10);

  private final BlockDevice device;
  private final Path path;
  private final int descriptor;
  private final FuseOperations operations;
  private final FuseSession session;
  private final boolean resumed;
  private boolean closed;

  private FuseFile(
      BlockDevice device, Path path, int descriptor, FuseOptions options, boolean resumed) {
    this.resumed = resumed;
    this.device = device;
    this.path = path;
    this.descriptor = descriptor;
    this.operations = new FuseOperations(device, options);
    this.session = new FuseSession(descriptor, device.name(), operations, options);
    if (resumed) {
      session.startOver();
    } else {
      session.start();
    }
  }

  /**
   * Mounts a device on a file.
   *
   * @param device the device; closed with the file, and also when mounting fails
   * @param path an absolute path of a regular file, whose content is hidden meanwhile
   * @param options how to serve it
   * @return the mounted file, to be closed
   * @throws FuseException if there is no FUSE, or this process may not mount
   */
  public static FuseFile mount(BlockDevice device, Path path, FuseOptions options) {
    try {
      return tryMount(device, path, options);
    } catch (RuntimeException | Error e) {
      device.close();
      throw e;
    }
  }

  private static FuseFile tryMount(BlockDevice device, Path path, FuseOptions options) {
    int descriptor = FuseCalls.openDevice(KERNEL.toString());
    if (descriptor < 0) {
      throw unopened(-descriptor);
    }
    String what = "veneer";
    String how =
        "fd="
            + descriptor
            + ",rootmode=100600,user_id=0,group_id=0,max_read="
            + FuseRequest.MAX_BYTES;
    int result = FuseCalls.mount(what, path.toString(), how, options.readOnly());
    if (result < 0) {
      FuseCalls.close(descriptor);
      throw unmounted(path, -result);
    }
    return new FuseFile(device, path, descriptor, options, false);
  }

  /**
   * Goes on with a file that another process mounted and has left, or was killed over. Everything
   * that it had not answered is done now, so the device must have what it had answered.
   *
   * @param device the device; closed with the file
   * @param path where the file is mounted
   * @param connection the descriptor of the open {@code /dev/fuse}, which belongs to the file
   * @param options how to serve it
   * @return the file, to be closed
   */
  public static FuseFile resume(
      BlockDevice device, Path path, int connection, FuseOptions options) {
    return new FuseFile(device, path, connection, options, true);
  }

  /**
   * Whether another process could go on with it: the kernel must send again what a process took and
   * did not answer, as Linux does since 6.9. True also of what was resumed.
   *
   * @return whether {@link #resume} will do; false until the file was used for the first time
   */
  public boolean canBeResumed() {
    return resumed || operations.resends();
  }

  /**
   * The connection to the kernel, for another process to hold.
   *
   * @return its descriptor, which stays the file's
   */
  public int connection() {
    return descriptor;
  }

  /**
   * Ends the file in this process only, which must end soon: who uses the file waits for {@link
   * #resume} in another one. All that was answered is durable on return.
   */
  public synchronized void leave() {
    if (closed) {
      return;
    }
    closed = true;
    if (!session.leave(QUIET)) {
      LOG.warn("requests still run: path={} device={}", path, device.name());
    }
    flushAndClose();
  }

  private FuseException inUse(int errno) {
    return new FuseException(
        "file is in use, end its users first (fuser -v "
            + ShellWord.of(path)
            + " shows them): path="
            + path
            + " cause="
            + FuseCalls.describe(-errno),
        errno);
  }

  private static FuseException unopened(int errno) {
    String message =
        Files.exists(KERNEL)
            ? "may not open " + KERNEL + "; " + WHO_IS_ROOT
            : "there is no " + KERNEL + "; load the kernel's module: modprobe fuse";
    return new FuseException(message + ": cause=" + FuseCalls.describe(-errno), errno);
  }

  private static FuseException unmounted(Path path, int errno) {
    String message =
        errno == FuseErrno.EPERM
            ? "may not mount; " + WHO_IS_ROOT + " (CAP_SYS_ADMIN)"
            : "a FUSE file cannot be mounted" + (isDevice() ? "" : ", " + KERNEL + " is no device");
    return new FuseException(
        message + ": path=" + path + " cause=" + FuseCalls.describe(-errno), errno);
  }

  /** Containers that bind what is not there have a regular file or a folder in its place. */
  private static boolean isDevice() {
    return !Files.isRegularFile(KERNEL) && !Files.isDirectory(KERNEL);
  }

  /**
   * Where the file is.
   *
   * @return an absolute path
   */
  public Path path() {
    return path;
  }

  /**
   * The device behind the file.
   *
   * @return the device, not to be closed
   */
  public BlockDevice device() {
    return device;
  }

  /**
   * Whether the file still answers.
   *
   * @return false after it was closed, or unmounted or aborted by others
   */
  public boolean isAlive() {
    return session.isAlive();
  }

  /**
   * Refuses if the file is open more often than the caller knows. Who opened it before this process
   * went on with it is not seen, nor who only holds its place ({@code O_PATH}); {@link #unmount}
   * fails for them, too.
   *
   * @param knownOpens how often the caller knows it to be open, since this process answers
   * @throws FuseException if there are more
   */
  public void requireOpens(int knownOpens) {
    if (session.isAlive() && operations.opens() > knownOpens) {
      throw inUse(FuseErrno.EBUSY);
    }
  }

  /**
   * How often somebody closed it who had opened it before this process went on with it. When that
   * grows, {@link #unmount} may succeed that failed before.
   *
   * @return a number that only grows
   */
  public int unseenClosings() {
    return operations.unseenClosings();
  }

  /**
   * Unmounts the file if nobody has it open, or it does not answer any more, and ends it.
   *
   * @throws FuseException if somebody has; then all goes on as before
   */
  public synchronized void unmount() {
    if (closed) {
      return;
    }
    if (session.isAlive()) {
      unmountUnused();
    } else {
      FuseCalls.abortAndDetach(path.toString());
    }
    end();
  }

  private void unmountUnused() {
    int result = FuseCalls.unmount(path.toString());
    if (result < 0 && result != -FuseErrno.EINVAL) {
      throw inUse(-result);
    }
  }

  /**
   * Ends the file, whoever has it open: they find it broken from now on. What was begun is
   * finished, and all that was answered is durable on return. Idempotent.
   */
  @Override
  public synchronized void close() {
    if (!closed) {
      int result = FuseCalls.abortAndDetach(path.toString());
      if (result < 0 && session.isAlive()) {
        LOG.warn("file not unmounted: path={} cause={}", path, FuseCalls.describe(result));
      }
      end();
    }
  }

  /**
   * Ends the file as {@link #close} does, but leaves a dead mount in its place while somebody has
   * it open, by which it can be recognised later.
   */
  public synchronized void abandon() {
    if (!closed) {
      FuseCalls.abort(path.toString());
      end();
    }
  }

  private void end() {
    closed = true;
    if (!session.awaitEnd(QUIET)) {
      LOG.warn("requests still run: path={} device={}", path, device.name());
    }
    flushAndClose();
  }

  private void flushAndClose() {
    try {
      if (!device.isReadOnly()) {
        device.flush();
      }
    } finally {
      device.close();
    }
  }
}
