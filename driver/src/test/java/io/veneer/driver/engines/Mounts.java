// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** What is mounted below a folder, as the kernel says. */
public final class Mounts {
  private Mounts() {}

  /** Mount points at or below a folder, in the order they were made. */
  public static List<String> below(Path folder) throws IOException {
    String top = folder.toRealPath().toString();
    return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .map(line -> line.split(" ")[4])
        .filter(point -> point.equals(top) || point.startsWith(top + "/"))
        .collect(Collectors.toCollection(java.util.ArrayList::new));
  }

  /** Takes away what a test that failed left mounted. */
  public static void clear(Path folder) throws IOException {
    List<String> points = below(folder);
    Collections.reverse(points);
    for (String point : points) {
      Programs.attempt("umount", "-l", point);
    }
  }
}
