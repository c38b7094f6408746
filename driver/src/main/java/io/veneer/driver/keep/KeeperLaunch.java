// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Starts a keeper's process. Stateless; any thread. */
final class KeeperLaunch {
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long START_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private KeeperLaunch() {}

  /** Starts one that goes on when this process ends, and connects to it. */
  static KeeperLine start(Path path, Duration patience) throws IOException {
    return connect(spawn(path, patience), path);
  }

  private static KeeperLine connect(Process process, Path path) throws IOException {
    long deadline = System.nanoTime() + START_NANOS;
    while (true) {
      Optional<KeeperLine> line = KeeperLine.connect(path);
      if (line.isPresent()) {
        return line.get();
      }
      if (!process.isAlive()) {
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        throw new IOException("it ended: " + said.lines().findFirst().orElse(""));
      }
      if (System.nanoTime() - deadline > 0) {
        process.destroyForcibly();
        throw new IOException("it does not start to listen");
      }
      LockSupport.parkNanos(START_PAUSE_NANOS);
    }
  }

  /** In no folder and with no file of ours, so that it is in nobody's way. */
  private static Process spawn(Path path, Duration patience) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx16m",
            "-Djnr.ffi.x86asm.enabled=false",
            "-cp",
            absolute(System.getProperty("java.class.path")),
            KeeperProcess.class.getName(),
            path.toAbsolutePath().toString(),
            Long.toString(patience.toSeconds()))
        .directory(new File("/"))
        .redirectErrorStream(true)
        .start();
  }

  private static String absolute(String classPath) {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, entries);
  }
}
