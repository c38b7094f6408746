// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.thinpool.PoolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A loop device on a file, with direct input and output. The kernel drops it by itself when nobody
 * has it open any more, and this object has it open: so a process that dies leaves none behind,
 * unless a file system is mounted on it, and then only until that is unmounted.
 *
 * <p>Owned by one thread at a time.
 */
public final class LoopDevice implements AutoCloseable {
  private static final Path CONTROL = Path.of("/dev/loop-control");

  /**
   * Each attempt goes on to the next number, and behind the last one a new device is made: so this
   * is how many may be in use behind the first free one, should another thread try that.
   */
  private static final int ATTEMPTS = 4096;

  private static final LoopNumbers NUMBERS = new LoopNumbers();

  private final Path path;

  /** Open for reading only, so that it keeps nobody from mounting. */
  private final int descriptor;

  private final WriteBack writeBack = new WriteBack();

  /** One that is there, with an open descriptor of it, which belongs to this object. */
  LoopDevice(Path path, int descriptor) {
    this.path = path;
    this.descriptor = descriptor;
  }

  /**
   * Takes a free loop device for a file.
   *
   * @param file a regular file
   * @param readOnly whether the device is never written
   * @param sectorBytes the unit in which it is addressed, 512 or 4096
   * @return the device, to be released or closed
   * @throws PoolException if the kernel refuses
   */
  public static LoopDevice onto(Path file, boolean readOnly, int sectorBytes) {
    int access = readOnly ? DeviceCalls.O_RDONLY : DeviceCalls.O_RDWR;
    int backing = check(DeviceCalls.open(file.toString(), access), "cannot open", file);
    try {
      int flags =
          LoopFormat.LO_FLAGS_AUTOCLEAR
              | LoopFormat.LO_FLAGS_DIRECT_IO
              | (readOnly ? LoopFormat.LO_FLAGS_READ_ONLY : 0);
      byte[] name = file.toString().getBytes(StandardCharsets.UTF_8);
      return takeFree(LoopFormat.config(backing, sectorBytes, flags, name), access);
    } finally {
      DeviceCalls.close(backing);
    }
  }

  /** Others take free devices too, so the one that was said to be free may be taken meanwhile. */
  private static LoopDevice takeFree(byte[] config, int access) {
    int control = openControl();
    try {
      int from = 0;
      for (int i = 0; i < ATTEMPTS; i++) {
        int free =
            check(
                DeviceCalls.control(control, LoopFormat.LOOP_CTL_GET_FREE),
                Files.isRegularFile(CONTROL)
                    ? "a regular file is in the place of the device"
                    : "no loop device is free",
                CONTROL);
        int number = NUMBERS.claim(Math.max(from, free));
        try {
          LoopDevice device = tryTake(control, number, config, access);
          if (device != null) {
            return device;
          }
        } finally {
          NUMBERS.giveBack(number);
        }
        from = number + 1;
      }
      throw PoolException.badRequest(
          "no loop device could be taken, others were faster; try again: attempts=" + ATTEMPTS);
    } finally {
      DeviceCalls.close(control);
    }
  }

  /** Makes the device if it is not there yet, as those behind the first free one may be. */
  private static LoopDevice tryTake(int control, int number, byte[] config, int access) {
    Path path = Path.of("/dev/loop" + number);
    int made = DeviceCalls.control(control, LoopFormat.LOOP_CTL_ADD, number);
    if (made < 0 && made != -DeviceCalls.EEXIST) {
      check(made, "loop device cannot be made", path);
    }
    return tryConfigure(path, config, access);
  }

  private static int openControl() {
    int control = DeviceCalls.open(CONTROL.toString(), DeviceCalls.O_RDWR);
    if (control < 0) {
      throw PoolException.badRequest(
          Files.exists(CONTROL)
              ? "may not open " + CONTROL + "; be root: cause=" + DeviceCalls.describe(control)
              : "there are no loop devices; load the kernel's module: modprobe loop");
    }
    return control;
  }

  /**
   * Null if it is somebody else's: taken faster, or just being taken down, when the kernel refuses
   * to open it with ENXIO.
   */
  private static LoopDevice tryConfigure(Path path, byte[] config, int access) {
    int device = DeviceCalls.open(path.toString(), access);
    if (device == -DeviceCalls.ENXIO) {
      return null;
    }
    check(device, device == -DeviceCalls.ENOENT ? noNode(path) : "cannot open", path);
    try {
      int result = DeviceCalls.control(device, LoopFormat.LOOP_CONFIGURE, config);
      if (result == -DeviceCalls.EBUSY) {
        return null;
      }
      check(result, "loop device cannot be configured (Linux 5.8 or newer is needed)", path);
      int held = DeviceCalls.open(path.toString(), DeviceCalls.O_RDONLY);
      return new LoopDevice(path, check(held, "cannot open", path));
    } finally {
      DeviceCalls.close(device);
    }
  }

  /** The kernel has the device then, and this process's {@code /dev} not. */
  private static String noNode(Path path) {
    return "/dev has no loop devices, as in a container with a /dev of its own; mount devtmpfs on"
        + " it, give the container the host's loop devices, or do: mknod "
        + path
        + " b 7 "
        + path.toString().replaceAll("[^0-9]", "");
  }

  /**
   * The block device.
   *
   * @return its path
   */
  public Path path() {
    return path;
  }

  int descriptor() {
    return descriptor;
  }

  /** The unit in which it is addressed, as the kernel has it: another process may have made it. */
  int sectorBytes() {
    byte[] answer = new byte[Integer.BYTES];
    int result = DeviceCalls.control(descriptor, DeviceCalls.BLKSSZGET, answer);
    check(result, "sector size cannot be read", path);
    return ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder()).getInt();
  }

  /** Makes the kernel look at the file's size again; what is mounted can then be resized. */
  void resized() {
    check(
        DeviceCalls.control(descriptor, LoopFormat.LOOP_SET_CAPACITY),
        "new size not taken over",
        path);
  }

  /**
   * Writes back what the kernel holds for the block device, and drops it if nobody else has it
   * open.
   *
   * @return false if somebody has; then it goes on, and is still to be closed
   * @throws PoolException if something could not be written back, now or since the last time this
   *     was asked for; it is still to be closed, or released without that
   */
  public boolean release() {
    writeBack.force(descriptor, path);
    // Programs that only look (udev, blkid) have every new device open for a moment.
    Patience patience = new Patience();
    while (!isExclusivelyOurs()) {
      if (!patience.pause()) {
        return false;
      }
    }
    close();
    return true;
  }

  /**
   * Clearing a device that others have open only marks it to go when they close it, as ours are
   * marked from the beginning; else it is without a file at once, and says so.
   */
  private boolean isExclusivelyOurs() {
    int cleared = DeviceCalls.control(descriptor, LoopFormat.LOOP_CLR_FD);
    if (cleared == -DeviceCalls.ENXIO) {
      return true;
    }
    check(cleared, "loop device cannot be cleared", path);
    byte[] info = new byte[LoopFormat.INFO_BYTES];
    return DeviceCalls.control(descriptor, LoopFormat.LOOP_GET_STATUS64, info)
        == -DeviceCalls.ENXIO;
  }

  /** Lets go of it, having written back what the kernel holds for it as far as that is possible. */
  void abandon() {
    if (!WriteBack.byProgram(path)) {
      DeviceCalls.force(descriptor);
    }
    close();
  }

  /** Lets go of it; the kernel drops it when the last of those who have it open closes it. */
  @Override
  public void close() {
    DeviceCalls.close(descriptor);
  }

  private static int check(int result, String what, Path path) {
    if (result < 0) {
      boolean refused = result == -DeviceCalls.EPERM || result == -DeviceCalls.EACCES;
      throw PoolException.badRequest(
          what
              + (refused ? "; be root" : "")
              + ": path="
              + path
              + " cause="
              + DeviceCalls.describe(result));
    }
    return result;
  }
}
