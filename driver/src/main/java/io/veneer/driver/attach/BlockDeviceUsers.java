// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.driver.attach.OtherProcesses.Other;
import io.veneer.driver.host.ShellWord;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who has a block device of the kernel in use: file systems that are mounted, also where this
 * process does not see them, device-mapper, swap. Stateless; any thread.
 */
final class BlockDeviceUsers {
  private static final Path SYSFS = Path.of("/sys/class/block");

  /** More need not be named before a first one is ended. */
  private static final int NAMED_MAX = 8;

  private BlockDeviceUsers() {}

  /** Where it is mounted, as far as this process can see. */
  static List<String> mountPoints(Path blockDevice) {
    return KernelMounts.read().pointsOf(blockDevice, number(blockDevice));
  }

  /** Fails with the one who must let go first, if there is one. */
  static void requireNone(Path blockDevice) {
    if (!isClaimed(blockDevice)) {
      return;
    }
    List<String> points = mountPoints(blockDevice);
    if (!points.isEmpty()) {
      throw PoolException.badRequest(
          "device is mounted, unmount it first: umount "
              + ShellWord.of(points.get(0))
              + " (path="
              + blockDevice
              + ")");
    }
    throw PoolException.badRequest(
        "device is in use, by " + holders(blockDevice) + "; end that first: path=" + blockDevice);
  }

  /** The programs that have it open, to be ended; this process is none, though it has, too. */
  static String programs(Path blockDevice) {
    List<Other> programs = OtherProcesses.withOpen(blockDevice);
    return programs.isEmpty()
        ? " (fuser -v "
            + blockDevice
            + " shows it, but leave pid "
            + ProcessHandle.current().pid()
            + ", which is the server)"
        : programs.stream()
            .limit(NAMED_MAX)
            .map(Other::toString)
            .collect(Collectors.joining(", ", ": ", programs.size() > NAMED_MAX ? ", ..." : ""));
  }

  /** Whether somebody has it for himself alone, as everybody does who mounts or maps it. */
  static boolean isClaimed(Path blockDevice) {
    int descriptor =
        DeviceCalls.open(blockDevice.toString(), DeviceCalls.O_RDONLY | DeviceCalls.O_EXCL);
    if (descriptor >= 0) {
      DeviceCalls.close(descriptor);
    }
    return descriptor == -DeviceCalls.EBUSY;
  }

  private static String holders(Path blockDevice) {
    Path folder = SYSFS.resolve(blockDevice.getFileName()).resolve("holders");
    try (Stream<Path> entries = Files.list(folder)) {
      List<String> names = entries.map(entry -> entry.getFileName().toString()).toList();
      if (!names.isEmpty()) {
        return "block device " + String.join(", ", names);
      }
    } catch (IOException e) {
      // Then it is the other kind.
    }
    return "a mount in another namespace (a container's?) or swap";
  }

  /** Its number as mount tables have it, such as 7:0; empty if it is gone. */
  private static String number(Path blockDevice) {
    try {
      return Files.readString(SYSFS.resolve(blockDevice.getFileName()).resolve("dev")).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
