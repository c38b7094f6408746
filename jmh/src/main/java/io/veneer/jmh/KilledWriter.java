// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.pool.ThinPool;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process that writes to a pool and ends without closing it, as if it were killed. */
final class KilledWriter {
  static final String SNAPSHOT = "killed";

  private static final int WRITES = 64;
  private static final int EXIT = 137;

  private KilledWriter() {}

  /** Has a JVM of its own write to a pool, until it is gone. */
  static void run(Path pool) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add"))
        .forEach(command::add);
    command.add("-Djnr.ffi.x86asm.enabled=false");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(KilledWriter.class.getName());
    command.add(pool.toString());
    HostCommand.run(EXIT, command);
  }

  /** Writes to a new snapshot, commits half of it, and is gone. */
  public static void main(String[] arguments) {
    ThinPool pool = ThinPool.open(Path.of(arguments[0]));
    pool.createSnapshot(SNAPSHOT, MappedPools.DEVICE);
    BlockDevice device = pool.openDevice(SNAPSHOT);
    write(device, 0, WRITES / 2);
    device.flush();
    write(device, WRITES / 2, WRITES);
    Runtime.getRuntime().halt(EXIT);
  }

  private static void write(BlockDevice device, int from, int to) {
    ByteBuffer content = ByteBuffer.allocateDirect(PoolBenchmark.REQUEST_BYTES);
    for (int i = from; i < to; i++) {
      long offset = device.sizeBytes() / WRITES * i;
      Content.fill(content, offset);
      device.write(offset, content, false);
    }
  }
}
