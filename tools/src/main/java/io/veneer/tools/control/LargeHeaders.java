// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;

/** Lets only a few long headers be in memory at once. Threads: any. */
final class LargeHeaders {
  private final Semaphore places;

  LargeHeaders(int places) {
    this.places = new Semaphore(places);
  }

  void take() throws IOException {
    try {
      places.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting to read a long header");
    }
  }

  void giveBack() {
    places.release();
  }
}
