// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.driver.host.ShellWord;
import io.veneer.driver.keep.CutOffLoop;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is left of one attachment whose server is gone: its record, a FUSE file on that and loop
 * devices on this, or a connection of the kernel's NBD client. Each step may take for ever.
 *
 * <p>One thread at a time works on it; any may ask for the command.
 */
final class Leftover {
  private static final Logger LOG = LoggerFactory.getLogger(Leftover.class);
  private static final Path SYSFS = Path.of("/sys/block");

  private final AttachFolder folder;
  private final NbdClient nbd;
  private final Path file;

  /** Whether the record may be another server's by now, who went on while a step took long. */
  private final BooleanSupplier isOver;

  /** What a person can do where this hangs. */
  private volatile String command;

  Leftover(AttachFolder folder, NbdClient nbd, Path file, BooleanSupplier isOver) {
    this.folder = folder;
    this.nbd = nbd;
    this.file = file;
    this.isOver = isOver;
    this.command = "umount -f " + ShellWord.of(file);
  }

  String command() {
    return command;
  }

  /** Cleans it up; what cannot be, with what to do. */
  Optional<String> clean() {
    abort();
    for (Path loop : loops()) {
      Optional<String> mounted = stillMounted(loop);
      if (mounted.isPresent()) {
        return mounted;
      }
      if (!clear(loop)) {
        return Optional.of("still in use, " + BlockDeviceUsers.usersOf(loop));
      }
    }
    Optional<String> left = unmount();
    if (left.isEmpty()) {
      LOG.info("cleaned up: leftover={}", file);
    }
    return left;
  }

  /** Somebody may have its connection open and not answer; what waits for that is to fail. */
  private void abort() {
    if (isMounted()) {
      DeviceCalls.abort(file.toString());
    }
  }

  /** Has all of it go with its last user. */
  void takeOutOfSight() {
    List<Path> loops = loops();
    boolean wasMounted = unmountLazily();
    if (wasMounted && !loops.isEmpty()) {
      folder.note(file, new CutOffLoop(loops.get(0)).line());
    }
  }

  private List<Path> loops() {
    try (Stream<Path> devices = Files.list(SYSFS)) {
      return Stream.concat(
              devices
                  .filter(device -> isOn(device, file))
                  .map(device -> Path.of("/dev").resolve(device.getFileName())),
              cutOffLoop().stream())
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private Optional<Path> cutOffLoop() throws IOException {
    return isMounted()
        ? Optional.empty() // asked for its content it may wait for ever
        : CutOffLoop.parse(Files.readString(file).strip())
            .map(CutOffLoop::device)
            .filter(loop -> isOn(SYSFS.resolve(loop.getFileName()), CutOffLoop.NOWHERE));
  }

  private boolean isMounted() {
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

  private Optional<String> unmount() {
    unmountLazily();
    try {
      Optional<String> left = endConnection();
      if (left.isEmpty() && !isOver.getAsBoolean()) {
        Files.deleteIfExists(file);
      }
      return left;
    } catch (NoSuchFileException e) {
      return Optional.empty(); // somebody did by hand what was to be done
    } catch (IOException e) {
      String word = ShellWord.of(file);
      return Optional.of("still mounted, do: umount -l " + word + " && rm " + word);
    }
  }

  /** Whether something was mounted. */
  private boolean unmountLazily() {
    boolean wasMounted = false;
    while (!isOver.getAsBoolean()
        && isMounted()
        && DeviceCalls.unmountLazily(file.toString()) == 0) {
      wasMounted = true;
    }
    return wasMounted;
  }

  /**
   * Ends a connection of the kernel's NBD client. It keeps one whose server is gone, and whoever
   * waits for an answer goes on waiting.
   */
  private Optional<String> endConnection() throws IOException {
    Optional<NbdConnection> noted = NbdConnection.parse(Files.readString(file).strip());
    return noted.isEmpty() ? Optional.empty() : endConnection(noted.get());
  }

  private Optional<String> endConnection(NbdConnection connection) {
    Path device = connection.device();
    boolean reused = !nbd.isConnected(connection) && !nbd.isFree(device.getFileName().toString());
    if (reused) {
      return Optional.empty();
    }
    command = "nbd-client -d " + device + " && rm " + ShellWord.of(file);
    try {
      nbd.disconnect(connection);
    } catch (PoolException e) {
      LOG.debug("cannot disconnect: device={}", device, e);
      return Optional.of("still connected, do: " + command);
    }
    return stillMounted(device);
  }

  /** What is mounted in the run folder the server mounted itself, so it goes. */
  private Optional<String> stillMounted(Path device) {
    BlockDeviceUsers.mountPoints(device).forEach(this::unmountIfOurs);
    return BlockDeviceUsers.mountPoints(device).stream()
        .findFirst()
        .map(point -> "still mounted, do: umount " + ShellWord.of(point) + " (" + device + ")");
  }

  private void unmountIfOurs(String point) {
    if (Path.of(point).startsWith(folder.runFolder())) {
      DeviceCalls.unmountLazily(point);
    }
  }
}
