// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import java.util.concurrent.atomic.LongAdder;

/** Counts the bytes that one driver copied since it was opened. Any thread. */
public final class CopyCounter {
  private final LongAdder bytes = new LongAdder();

  /** Makes a counter at zero. */
  public CopyCounter() {}

  /**
   * Counts a copy.
   *
   * @param copiedBytes its length, 0 or more
   */
  public void add(long copiedBytes) {
    bytes.add(copiedBytes);
  }

  /**
   * The sum so far.
   *
   * @return bytes
   */
  public long total() {
    return bytes.sum();
  }
}
