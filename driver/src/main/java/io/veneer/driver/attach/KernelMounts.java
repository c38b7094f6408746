// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * What is mounted, as this process sees it. Source of the format: proc_pid_mountinfo(5).
 *
 * @param mounts one entry a mount
 */
record KernelMounts(List<Mounted> mounts) {
  /** One mount: of which device number and device path, and where. */
  record Mounted(String number, String source, String point) {}

  private static final Path SELF = Path.of("/proc/self/mountinfo");
  private static final int NUMBER_FIELD = 2;
  private static final int POINT_FIELD = 4;
  private static final int SOURCE_FIELD = 1;
  private static final int OCTAL_DIGITS = 3;

  /** Reads them now. */
  static KernelMounts read() {
    try {
      return read(SELF);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same as another process sees them. */
  static KernelMounts read(Path table) throws IOException {
    // Bytes as characters: paths need not be UTF-8, and escapes stand for bytes.
    return parse(Files.readAllLines(table, StandardCharsets.ISO_8859_1));
  }

  static KernelMounts parse(List<String> lines) {
    return new KernelMounts(lines.stream().map(KernelMounts::parseLine).toList());
  }

  /** Fields, of which the last may be missing, a lone hyphen, then type, source and options. */
  private static Mounted parseLine(String line) {
    String[] halves = line.split(" - ", 2);
    String[] first = halves[0].split(" ");
    String[] second = halves[1].split(" ");
    return new Mounted(first[NUMBER_FIELD], plain(second[SOURCE_FIELD]), plain(first[POINT_FIELD]));
  }

  /** Spaces and the like are written as a backslash and three octal digits. */
  private static String plain(String field) {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < field.length(); i++) {
      if (field.charAt(i) == '\\' && i + OCTAL_DIGITS < field.length()) {
        bytes.append((char) Integer.parseInt(field.substring(i + 1, i + 1 + OCTAL_DIGITS), 8));
        i += OCTAL_DIGITS;
      } else {
        bytes.append(field.charAt(i));
      }
    }
    return new String(
        bytes.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** Where file systems of a block device are mounted; btrfs goes by the path only. */
  List<String> pointsOf(Path blockDevice, String number) {
    String source = blockDevice.toString();
    return mounts.stream()
        .filter(mount -> mount.source().equals(source) || mount.number().equals(number))
        .map(Mounted::point)
        .distinct()
        .toList();
  }

  /** What is mounted at or below a folder, the deepest first. */
  List<String> pointsBelow(Path folder) {
    String prefix = folder + "/";
    return mounts.stream()
        .map(Mounted::point)
        .filter(point -> point.startsWith(prefix))
        .sorted(Comparator.comparing(String::length).reversed())
        .toList();
  }
}
