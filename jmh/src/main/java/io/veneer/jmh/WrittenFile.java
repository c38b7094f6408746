// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import java.nio.MappedByteBuffer;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A plain file, written from end to end like {@link WrittenDevice}, and mapped. */
@State(Scope.Benchmark)
public class WrittenFile {
  @Param("1073741824")
  long sizeBytes = PoolBenchmark.GIB;

  FloorFile file;
  MappedByteBuffer mapping;

  /** Writes and maps the file. */
  @Setup
  public void setUp() {
    file = new FloorFile(sizeBytes);
    file.fill();
    file.force();
    mapping = file.map();
  }

  /** Removes the file. */
  @TearDown
  public void tearDown() {
    file.close();
  }
}
