// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import io.veneer.driver.workload.Container;
import io.veneer.driver.workload.SingleDriver;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does each step of a container's life take with each storage driver, through its real mount?
 *
 * <p>The floors are the drivers {@code plain}, folders of the host, and {@code raw}, copies of a
 * disk image with a file system like thin's. The image and the operations are the same for all, and
 * each operation has a container of its own, made before the time and removed after it. Each write
 * is opened for and forced inside the time.
 *
 * <p>Run, as root, on the disk that {@code veneer.bench.folder} names; {@code veneer compare --jmh
 * results.json --report out.html} draws the results: {@code -rf json -rff results.json
 * DriverWorkloads}, see jmh/README.md.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 15)
@Fork(1)
public class DriverWorkloads extends PoolBenchmark {
  private static final int CHUNK_BYTES = 64 * KIB;

  /** A driver with its layers. */
  @State(Scope.Benchmark)
  public static class Host {
    @Param({"thin", "overlay2", "overlay", "vfs", "reflink", "btrfs", "raw", "plain"})
    String driver = "plain";

    @Param("1073741824")
    long imageBytes = GIB;

    @Param("2000")
    int files = 2000;

    BenchmarkFolder folder;
    SingleDriver host;

    /** Makes the image and the layers. */
    @Setup
    public void setUp() throws IOException {
      folder = new BenchmarkFolder();
      Path image = writeImage(folder.file("image"), imageBytes);
      host = SingleDriver.open(driver, Files.createDirectory(folder.file("host")), image, files);
    }

    private static Path writeImage(Path image, long bytes) throws IOException {
      SplittableRandom random = new SplittableRandom(1);
      byte[] chunk = new byte[CHUNK_BYTES];
      try (OutputStream out = Files.newOutputStream(image)) {
        for (long done = 0; done < bytes; done += chunk.length) {
          random.nextBytes(chunk);
          out.write(chunk, 0, (int) Math.min(chunk.length, bytes - done));
        }
      }
      return image;
    }

    /** Removes all. */
    @TearDown
    public void tearDown() {
      host.close();
      folder.close();
    }
  }

  /** A container, removed after each operation, which has a place of its own. */
  @State(Scope.Thread)
  public abstract static class Started {
    Container container;
    long number;

    void begin(Container started) {
      container = started;
      number++;
    }

    long place() {
      return new SplittableRandom(number).nextLong();
    }

    /** Removes it, if it is still there. */
    @TearDown(Level.Invocation)
    public void close() throws IOException {
      container.close();
    }
  }

  /** A container that has written nothing yet. */
  public static class Fresh extends Started {
    /** Starts it. */
    @Setup(Level.Invocation)
    public void setUp(Host host) throws IOException {
      begin(host.host.start());
    }
  }

  /** A container that has written to its place. */
  public static class Written extends Started {
    /** Starts it, and writes. */
    @Setup(Level.Invocation)
    public void setUp(Host host) throws IOException {
      begin(host.host.start());
      container.write(place(), -number);
    }
  }

  /** A container that has appended four bytes, and is not mounted any more. */
  public static class Appended extends Started {
    /** Starts it, and appends. */
    @Setup(Level.Invocation)
    public void setUp(Host host) throws IOException {
      begin(host.host.start());
      container.append();
      container.unmount();
    }
  }

  /** A container on small files. */
  public static class OnSmallFiles extends Started {
    /** Starts it. */
    @Setup(Level.Invocation)
    public void setUp(Host host) throws IOException {
      begin(host.host.startOnSmallFiles());
    }
  }

  /** A container that is not there yet. */
  public static class Absent extends Started {}

  /** The first write of a container. */
  @Benchmark
  public void firstWrite(Fresh state) throws IOException {
    state.container.write(state.place(), state.number);
  }

  /** Another write to the same place. */
  @Benchmark
  public void rewrite(Written state) throws IOException {
    state.container.write(state.place(), state.number);
  }

  /** Four bytes at the end of the large file, as the container's first write. */
  @Benchmark
  public void append(Fresh state) throws IOException {
    state.container.append();
  }

  /** Many small files. */
  @Benchmark
  public void manySmallFiles(OnSmallFiles state) throws IOException {
    state.container.install();
  }

  /** From a layer to a container whose folder can be used. */
  @Benchmark
  public Container start(Host host, Absent state) throws IOException {
    state.begin(host.host.start());
    return state.container;
  }

  /** A layer of a container that appended four bytes to the large file. */
  @Benchmark
  public void commit(Appended state) throws IOException {
    state.container.commit();
  }

  /** The removal of such a container, without waiting for its room. */
  @Benchmark
  public void remove(Appended state) throws IOException {
    state.container.remove();
  }
}
