// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import java.util.Arrays;

/** Times of one kind of one driver. One thread; allocates only when it is made. */
final class Samples {
  private final long[] nanos;
  private int count;

  Samples(int samplesMax) {
    this.nanos = new long[samplesMax];
  }

  void add(long sampleNanos) {
    nanos[count] = sampleNanos;
    count++;
  }

  Timing timing() {
    return Timing.ofNanos(Arrays.copyOf(nanos, count));
  }
}
