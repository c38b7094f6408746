// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import java.nio.MappedByteBuffer;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A plain file, written from end to end like {@link WrittenDevice}, and mapped.
 *
 * <p>It is written in pieces of the device's blocks, because the kernel keeps what one call writes
 * in folios as large as the call. On some machines random access through a mapping costs several
 * times more with folios of 1 MiB than with those of 64 KiB, which is no merit of either side.
 */
@State(Scope.Benchmark)
public class WrittenFile {
  @Param({"65536", "4096", "1048576"})
  int blockSizeBytes = 65536;

  @Param("1073741824")
  long sizeBytes = PoolBenchmark.GIB;

  FloorFile file;
  MappedByteBuffer mapping;

  /** Writes and maps the file. */
  @Setup
  public void setUp() {
    file = new FloorFile(sizeBytes);
    file.fill(blockSizeBytes);
    file.force();
    mapping = file.map();
  }

  /** Removes the file. */
  @TearDown
  public void tearDown() {
    file.close();
  }
}
