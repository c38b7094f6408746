// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What other processes do with a block device, by what the kernel tells of them. No file system is
 * asked, as one may not answer; a process that ends meanwhile, or may not be looked at, is left
 * out. Source of the formats: proc_pid_fd(5), proc_pid_mountinfo(5). Stateless; any thread.
 */
final class OtherProcesses {
  private static final Path PROCESSES = Path.of("/proc");

  /** One process: its number, and its program for who reads. */
  record Other(long pid, String program) {
    @Override
    public String toString() {
      return "pid " + pid + " (" + program + ")";
    }
  }

  /** A process that sees a device mounted, and where. */
  record Mounter(Other process, String point) {}

  private OtherProcesses() {}

  /** Those that have it open. */
  static List<Other> withOpen(Path blockDevice) {
    return folders().stream()
        .filter(folder -> hasOpen(folder, blockDevice))
        .map(OtherProcesses::named)
        .toList();
  }

  private static boolean hasOpen(Path folder, Path blockDevice) {
    try (Stream<Path> descriptors = Files.list(folder.resolve("fd"))) {
      return descriptors.anyMatch(each -> blockDevice.equals(target(each)));
    } catch (IOException | UncheckedIOException e) {
      return false; // it ended, maybe while its files were listed
    }
  }

  /** Null if it is gone. */
  private static Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * One that sees it mounted in another namespace than this process's.
   *
   * @param number the device's number as mount tables have it
   */
  static Optional<Mounter> mounter(Path blockDevice, String number) {
    Set<Path> namespaces = new HashSet<>();
    namespaces.add(namespace(PROCESSES.resolve("self")));
    for (Path folder : folders()) {
      Path namespace = namespace(folder);
      if (namespace != null && namespaces.add(namespace)) {
        List<String> points = points(folder, blockDevice, number);
        if (!points.isEmpty()) {
          return Optional.of(new Mounter(named(folder), points.get(0)));
        }
      }
    }
    return Optional.empty();
  }

  private static Path namespace(Path folder) {
    return target(folder.resolve("ns").resolve("mnt"));
  }

  private static List<String> points(Path folder, Path blockDevice, String number) {
    try {
      return KernelMounts.read(folder.resolve("mountinfo")).pointsOf(blockDevice, number);
    } catch (IOException e) {
      return List.of();
    }
  }

  private static Other named(Path folder) {
    return new Other(pid(folder), program(folder));
  }

  /** A process gives itself any name. */
  private static String program(Path folder) {
    try {
      String name = Files.readString(folder.resolve("comm"), StandardCharsets.ISO_8859_1).strip();
      return name.replaceAll("[^!-~]", "?");
    } catch (IOException e) {
      return "ended";
    }
  }

  /** Their folders but this process's own. */
  private static List<Path> folders() {
    long own = ProcessHandle.current().pid();
    List<Path> folders = new ArrayList<>();
    try (Stream<Path> all = Files.list(PROCESSES)) {
      all.filter(each -> each.getFileName().toString().matches("[0-9]+"))
          .filter(each -> pid(each) != own)
          .forEach(folders::add);
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
    return folders;
  }

  private static long pid(Path folder) {
    return Long.parseLong(folder.getFileName().toString());
  }
}
