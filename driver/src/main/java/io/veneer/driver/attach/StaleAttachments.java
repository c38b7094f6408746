// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleans up what a server that died left attached: FUSE files that nobody serves, the loop devices
 * on them, and connections of the kernel's NBD client. A file system that is still mounted on one
 * is dead. Where it is mounted in the run folder the server did that, and it is taken away;
 * elsewhere it is its owner's to unmount, is reported, and tried again later.
 *
 * <p>Any thread. Files are claimed and given up here, so that none is cleaned up while it is made.
 */
final class StaleAttachments {
  private static final Logger LOG = LoggerFactory.getLogger(StaleAttachments.class);
  private static final Path SYSFS = Path.of("/sys/block");

  private final AttachFolder folder;
  private final NbdClient nbd;

  /** Files of this process. */
  private final Set<Path> own = new HashSet<>();

  /** What was reported already. */
  private final Set<String> reported = new HashSet<>();

  /** Whether there is something to try again; written under the lock. */
  private volatile boolean someLeft;

  /** Whether what is not this process's is stale: before that, it may be about to be adopted. */
  private boolean begun;

  StaleAttachments(AttachFolder folder, NbdClient nbd) {
    this.folder = folder;
    this.nbd = nbd;
  }

  /** Cleans up what can be; a line for each of what cannot, with what to do. */
  synchronized List<String> clean() {
    begun = true;
    List<String> leftovers = cleanAll(folder.files());
    for (String leftover : leftovers) {
      if (reported.add(leftover)) {
        LOG.warn("left by an earlier process: {}", leftover);
      }
    }
    someLeft = !leftovers.isEmpty();
    return leftovers;
  }

  /** The same if there was something left, else nothing; may take as long. */
  void cleanAgain() {
    if (someLeft) {
      clean();
    }
  }

  /** Cleans up what is of one device only; what cannot be. */
  synchronized List<String> clean(String device) {
    return cleanAll(folder.filesOf(device));
  }

  private List<String> cleanAll(List<Path> files) {
    List<String> leftovers = new ArrayList<>();
    for (Path file : files) {
      if (!own.contains(file)) {
        clean(file)
            .ifPresentOrElse(leftovers::add, () -> LOG.info("cleaned up: leftover={}", file));
      }
    }
    return leftovers;
  }

  /**
   * At the end of this process: whatever is still in use then goes with its last user, as nobody
   * may come to clean it up. What the next process goes on with stays as it is.
   */
  synchronized void leaveBehind() {
    if (!begun) {
      return;
    }
    for (String leftover : cleanAll(folder.files())) {
      LOG.warn("left behind: {}", leftover);
    }
    for (Path file : folder.files()) {
      if (!own.contains(file)) {
        takeOutOfSight(file);
      }
    }
  }

  private void takeOutOfSight(Path file) {
    List<Path> loops = loopsOn(file);
    boolean wasMounted = unmountLazily(file);
    if (wasMounted && !loops.isEmpty()) {
      folder.note(file, new CutOffLoop(loops.get(0)).line());
    }
  }

  private Optional<String> clean(Path file) {
    for (Path loop : loopsOn(file)) {
      Optional<String> mounted = stillMounted(loop);
      if (mounted.isPresent()) {
        return mounted;
      }
      if (!clear(loop)) {
        return Optional.of("still in use, end its users: fuser -v " + loop);
      }
    }
    return unmount(file);
  }

  private void unmountIfOurs(String point) {
    if (Path.of(point).startsWith(folder.runFolder())) {
      DeviceCalls.unmountLazily(point);
    }
  }

  private static List<Path> loopsOn(Path file) {
    try (Stream<Path> devices = Files.list(SYSFS)) {
      return Stream.concat(
              devices
                  .filter(device -> isOn(device, file))
                  .map(device -> Path.of("/dev").resolve(device.getFileName())),
              cutOffLoop(file).stream())
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static Optional<Path> cutOffLoop(Path file) throws IOException {
    return isMounted(file)
        ? Optional.empty() // asked for its content it may wait for ever
        : CutOffLoop.parse(Files.readString(file).strip())
            .map(CutOffLoop::device)
            .filter(loop -> isOn(SYSFS.resolve(loop.getFileName()), CutOffLoop.NOWHERE));
  }

  private static boolean isMounted(Path file) {
    return KernelMounts.read().pointsBelow(file.getParent()).contains(file.toString());
  }

  private static boolean isOn(Path device, Path file) {
    try {
      Path backing = device.resolve("loop").resolve("backing_file");
      return Files.readString(backing).strip().equals(file.toString());
    } catch (IOException e) {
      return false; // another kind of device, or a loop device without a file
    }
  }

  /** Whether the device is gone now. */
  private static boolean clear(Path loop) {
    int descriptor = DeviceCalls.open(loop.toString(), DeviceCalls.O_RDONLY);
    if (descriptor < 0) {
      return true;
    }
    DeviceCalls.control(descriptor, LoopFormat.LOOP_CLR_FD);
    int status =
        DeviceCalls.control(
            descriptor, LoopFormat.LOOP_GET_STATUS64, new byte[LoopFormat.INFO_BYTES]);
    DeviceCalls.close(descriptor);
    return status == -DeviceCalls.ENXIO;
  }

  private Optional<String> unmount(Path file) {
    unmountLazily(file);
    try {
      Optional<String> left = endConnection(file);
      if (left.isEmpty()) {
        Files.deleteIfExists(file);
      }
      return left;
    } catch (IOException e) {
      return Optional.of("still mounted, do: umount -l " + file + " && rm " + file);
    }
  }

  /** Whether something was mounted. */
  private static boolean unmountLazily(Path file) {
    boolean wasMounted = false;
    while (isMounted(file) && DeviceCalls.unmountLazily(file.toString()) == 0) {
      wasMounted = true;
    }
    return wasMounted;
  }

  /**
   * Ends a connection of the kernel's NBD client. It keeps one whose server is gone, and whoever
   * waits for an answer goes on waiting.
   */
  private Optional<String> endConnection(Path file) throws IOException {
    Optional<NbdConnection> noted = NbdConnection.parse(Files.readString(file).strip());
    return noted.isEmpty() ? Optional.empty() : endConnection(file, noted.get());
  }

  private Optional<String> endConnection(Path file, NbdConnection connection) {
    Path device = connection.device();
    boolean reused = !nbd.isConnected(connection) && !nbd.isFree(device.getFileName().toString());
    if (reused) {
      return Optional.empty();
    }
    try {
      nbd.disconnect(connection);
    } catch (PoolException e) {
      LOG.debug("cannot disconnect: device={}", device, e);
      return Optional.of("still connected, do: nbd-client -d " + device + " && rm " + file);
    }
    return stillMounted(device);
  }

  private Optional<String> stillMounted(Path device) {
    BlockDeviceUsers.mountPoints(device).forEach(this::unmountIfOurs);
    return BlockDeviceUsers.mountPoints(device).stream()
        .findFirst()
        .map(point -> "still mounted, do: umount " + point + " (" + device + ")");
  }

  /** A file of this process whose attachment was cut off, and is cleaned up as others are. */
  synchronized void disown(Path file) {
    own.remove(file);
  }

  /** A new file for a device of this process, left alone until it is given up. */
  synchronized Path claim(String device) {
    cleanAgain();
    Path file = folder.create(device);
    own.add(file);
    return file;
  }

  /** A file that an earlier process made, and that this one goes on with. */
  synchronized void adopt(Path file) {
    own.add(file);
  }

  /** Deletes a file; if that fails, it is the remains of an attachment like others. */
  synchronized void giveUp(Path file) {
    own.remove(file);
    try {
      folder.delete(file);
    } catch (PoolException e) {
      someLeft = true;
      throw e;
    }
  }
}
