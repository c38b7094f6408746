// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.driver.host.HostMounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the kernel still holds of the files of a test: mounts in its folder, loop devices on it. */
final class Remains {
  private static final int ATTEMPTS = 100;
  private static final long PAUSE_MILLIS = 20;

  private Remains() {}

  /** Fails if something is there that does not go in a moment. */
  static void requireNone(Path folder) throws IOException, InterruptedException {
    List<String> remains = of(folder);
    for (int attempt = 0; attempt < ATTEMPTS && !remains.isEmpty(); attempt++) {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      remains = of(folder);
    }
    assertEquals(List.of(), remains);
  }

  static List<String> of(Path folder) throws IOException {
    Stream<String> mounts = HostMounts.mountedUnder(folder).stream().map(Path::toString);
    return Stream.concat(mounts, loops(folder).stream()).toList();
  }

  private static List<String> loops(Path folder) throws IOException {
    try (Stream<Path> devices = Files.list(Path.of("/sys/block"))) {
      return devices
          .map(device -> contentOrNothing(device.resolve("loop/backing_file")))
          .filter(backing -> backing.startsWith(folder.toString()))
          .toList();
    }
  }

  private static String contentOrNothing(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
