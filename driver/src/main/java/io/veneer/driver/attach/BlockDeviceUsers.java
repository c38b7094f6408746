// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.driver.attach.OtherProcesses.Mounter;
import io.veneer.driver.attach.OtherProcesses.Other;
import io.veneer.driver.host.ShellWord;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
  private static final Path SWAPS = Path.of("/proc/swaps");

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
        "device is in use, " + claim(blockDevice) + " (path=" + blockDevice + ")");
  }

  /** What is to be done about one that is not mounted as far as this process can see. */
  static String usersOf(Path blockDevice) {
    if (!isClaimed(blockDevice)) {
      return "end its users: fuser -v " + blockDevice;
    }
    String claim = claim(blockDevice);
    return claim.endsWith(" " + blockDevice) ? claim : claim + " (" + blockDevice + ")";
  }

  /** Who has it for himself alone, and how to end that. */
  private static String claim(Path blockDevice) {
    if (isSwap(swaps(), blockDevice)) {
      return "as swap space, end that first: swapoff " + blockDevice;
    }
    List<String> holders = holders(blockDevice);
    if (!holders.isEmpty()) {
      return "by block device " + String.join(", ", holders) + ", end that first";
    }
    return OtherProcesses.mounter(blockDevice, number(blockDevice))
        .map(BlockDeviceUsers::elsewhere)
        .orElseGet(
            () ->
                "perhaps by a file system that was unmounted lazily (umount -l), end first who has"
                    + " files open there: fuser -vm "
                    + blockDevice);
  }

  private static String elsewhere(Mounter mounter) {
    return "by a mount in another namespace (a container's?) of "
        + mounter.process()
        + ", unmount it there first: nsenter -t "
        + mounter.process().pid()
        + " -m umount "
        + ShellWord.of(mounter.point());
  }

  private static List<String> swaps() {
    try {
      return Files.readAllLines(SWAPS, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return List.of(); // a kernel without swap
    }
  }

  /** Source of the format: proc_swaps(5); the paths of block devices have nothing to escape. */
  static boolean isSwap(List<String> swaps, Path blockDevice) {
    return swaps.stream().anyMatch(line -> line.split("\\s", 2)[0].equals(blockDevice.toString()));
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

  private static List<String> holders(Path blockDevice) {
    Path folder = SYSFS.resolve(blockDevice.getFileName()).resolve("holders");
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    } catch (IOException e) {
      return List.of();
    }
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
