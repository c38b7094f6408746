// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TimingTest {
  @Test
  void percentilesAreSamples() {
    long[] nanos = LongStream.rangeClosed(1, 200).map(i -> (201 - i) * 1000).toArray();
    assertEquals(new Timing(100, 198, 200), Timing.ofNanos(nanos));
  }

  @Test
  void fewSamplesHaveTheLongestAsP99() {
    assertEquals(new Timing(2, 4, 4), Timing.ofNanos(new long[] {4000, 1000, 3000, 2000}));
    assertEquals(new Timing(1.2, 1.2, 1.2), Timing.ofNanos(new long[] {1234}));
  }

  @Test
  void noSamplesGiveZeroes() {
    assertEquals(new Timing(0, 0, 0), Timing.ofNanos(new long[0]));
  }
}
