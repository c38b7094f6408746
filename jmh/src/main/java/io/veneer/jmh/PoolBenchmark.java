// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How benchmarks are run if they do not say otherwise: average time, in three JVMs that have the
 * flags of {@code tools/veneer}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
      "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
      "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
      "-Djnr.ffi.x86asm.enabled=false",
      "-Dchronicle.analytics.disable=true",
      "-Ddisable.perf.info=true",
      "-XX:+UseSerialGC",
      "-Xms1g",
      "-Xmx1g"
    })
public abstract class PoolBenchmark {
  static final int KIB = 1 << 10;
  static final int MIB = 1 << 20;
  static final long GIB = 1L << 30;

  /** What one request moves where nothing else is said. */
  static final int REQUEST_BYTES = 4 * KIB;
}
