// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does it take, after the process that had a pool open was killed, until the pool is open
 * again and has answered a first read?
 *
 * <p>The floor of 1 TiB mapped is 1 GiB mapped: the cost may not depend on it. The page cache is
 * warm, or the pool's files are dropped from it.
 *
 * <p>A process opens the pool, writes to a snapshot, commits half of it and is gone. Opening
 * changes one thing in the files, it cuts off what no commit refers to; that is put back before
 * each opening.
 *
 * <p>Run: {@code jmh/measure.sh --jmh OpenAfterKill}. Results: jmh/README.md.
 */
@BenchmarkMode(Mode.SingleShotTime)
@Warmup(iterations = 20)
@Measurement(iterations = 20)
public class OpenAfterKill extends PoolBenchmark {

  /** A pool whose process was killed. */
  @State(Scope.Benchmark)
  public static class Killed {
    @Param({"1073741824", "1099511627776"})
    long mappedBytes = GIB;

    @Param({"warm", "dropped"})
    String cache = "warm";

    BenchmarkFolder folder;
    Path path;
    ThinPool pool;
    ByteBuffer buffer = ByteBuffer.allocateDirect(REQUEST_BYTES);
    private long dataBytes;

    /** Makes the pool, and has a process killed. */
    @Setup
    public void setUp() {
      folder = new BenchmarkFolder();
      path = folder.file("pool");
      MappedPools.copy(mappedBytes, path);
      KilledWriter.run(path);
      dataBytes = path.resolve("data").toFile().length();
    }

    /** Puts the pool back into the state in which it was left. */
    @Setup(Level.Invocation)
    public void restore() {
      try (RandomAccessFile data = new RandomAccessFile(path.resolve("data").toFile(), "rw")) {
        data.setLength(dataBytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (cache.equals("dropped")) {
        drop("data");
        drop("metadata");
      }
    }

    private void drop(String name) {
      HostCommand.run("dd", "if=" + path.resolve(name), "iflag=nocache", "count=0");
    }

    /** Closes the pool. */
    @TearDown(Level.Invocation)
    public void close() {
      pool.close();
    }

    /** Removes the pool. */
    @TearDown
    public void tearDown() {
      folder.close();
    }
  }

  /** Opens the pool and a device, and reads. */
  @Benchmark
  public ByteBuffer open(Killed state) {
    state.pool = ThinPool.open(state.path);
    try (BlockDevice device = state.pool.openDevice(KilledWriter.SNAPSHOT)) {
      device.read(0, state.buffer.clear());
    }
    return state.buffer;
  }
}
