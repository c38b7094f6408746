// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How often the file is open. Only what was opened in this process counts: what an earlier one
 * answered is unknown to it, and told apart by another handle when it is closed. Any thread.
 */
final class OpenCount {
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger unseenClosings = new AtomicInteger();

  /** No two of one machine are the same between two boots, and no file stays open longer. */
  private final long handle = System.nanoTime();

  /** Counts an opening; the handle that the kernel is to give back when it is closed. */
  long opened() {
    count.incrementAndGet();
    return handle;
  }

  void closed(long openedHandle) {
    if (openedHandle == handle) {
      count.decrementAndGet();
    } else {
      unseenClosings.incrementAndGet();
    }
  }

  /** How often something was closed that was not opened in this process. */
  int unseenClosings() {
    return unseenClosings.get();
  }

  int get() {
    return count.get();
  }
}
