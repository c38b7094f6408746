// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An honest client that works on a thread of its own, beside whatever the test lets others do. */
final class HonestWork {
  private final HonestClient client;
  private final CompletableFuture<Void> work;
  private volatile boolean ended;

  /** Takes over a client of an export that holds zeroes. */
  HonestWork(RawClient client, long seed) {
    this.client = new HonestClient(client, new Random(seed));
    this.work = new CompletableFuture<>();
    new Thread(this::run, "honest").start();
  }

  private void run() {
    try (client) {
      while (!ended) {
        client.step();
      }
      client.verifyAll();
      work.complete(null);
    } catch (IOException | RuntimeException | Error e) {
      work.completeExceptionally(e);
    }
  }

  long requestCount() {
    return client.requestCount();
  }

  /** Waits until so many more requests were answered. */
  void awaitMore(int count) throws Exception {
    long until = requestCount() + count + 1; // the one under way may be old
    while (requestCount() < until && !work.isDone()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    if (work.isDone()) {
      work.get();
    }
  }

  /** Ends it; fails if anything was not as an honest client may expect. */
  void end() throws Exception {
    ended = true;
    work.get();
  }
}
