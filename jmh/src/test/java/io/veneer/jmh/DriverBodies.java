// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Runs each body of {@link DriverWorkloads} once on a driver, and looks at what it did. */
final class DriverBodies {
  private static final int IMAGE_BYTES = 4 << 20;
  private static final int FILES = 20;
  private static final int WRITE_BYTES = 4096;

  private final DriverWorkloads benchmark = new DriverWorkloads();
  private final DriverWorkloads.Host host = new DriverWorkloads.Host();

  DriverBodies(String driver) {
    host.driver = driver;
    host.imageBytes = IMAGE_BYTES;
    host.files = FILES;
  }

  void runAll() throws IOException {
    host.setUp();
    try {
      writes();
      appends();
      installs();
      startsCommitsAndRemoves();
    } finally {
      host.tearDown();
    }
  }

  private void writes() throws IOException {
    DriverWorkloads.Fresh fresh = new DriverWorkloads.Fresh();
    fresh.setUp(host);
    assertFalse(fresh.number == stampOf(fresh));
    benchmark.firstWrite(fresh);
    assertEquals(fresh.number, stampOf(fresh));
    fresh.close();
    DriverWorkloads.Written written = new DriverWorkloads.Written();
    written.setUp(host);
    assertEquals(-written.number, stampOf(written));
    benchmark.rewrite(written);
    assertEquals(written.number, stampOf(written));
    written.close();
  }

  private static long stampOf(DriverWorkloads.Started state) throws IOException {
    long places = IMAGE_BYTES / WRITE_BYTES;
    ByteBuffer stamp = ByteBuffer.allocate(Long.BYTES);
    try (FileChannel file = FileChannel.open(state.container.largeFile())) {
      file.read(stamp, Math.floorMod(state.place(), places) * WRITE_BYTES);
    }
    return stamp.getLong(0);
  }

  private void appends() throws IOException {
    DriverWorkloads.Fresh fresh = new DriverWorkloads.Fresh();
    fresh.setUp(host);
    benchmark.append(fresh);
    assertEquals(IMAGE_BYTES + 4, Files.size(fresh.container.largeFile()));
    fresh.close();
  }

  private void installs() throws IOException {
    DriverWorkloads.OnSmallFiles small = new DriverWorkloads.OnSmallFiles();
    small.setUp(host);
    benchmark.manySmallFiles(small);
    Path folder = small.container.largeFile().getParent();
    try (Stream<Path> all = Files.walk(folder)) {
      assertEquals(
          FILES + FILES / 2, all.filter(each -> each.toString().contains("file-")).count());
    }
    small.close();
  }

  private void startsCommitsAndRemoves() throws IOException {
    DriverWorkloads.Absent absent = new DriverWorkloads.Absent();
    Path file = benchmark.start(host, absent).largeFile();
    assertEquals(IMAGE_BYTES, Files.size(file));
    absent.close();
    DriverWorkloads.Appended appended = new DriverWorkloads.Appended();
    appended.setUp(host);
    benchmark.commit(appended);
    appended.close();
    appended.setUp(host);
    benchmark.remove(appended);
    assertFalse(Files.exists(appended.container.largeFile()));
    appended.close();
  }
}
