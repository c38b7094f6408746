// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives space back while clients go on. However often it is asked for, one clean-up runs, and one
 * more after it if somebody asked meanwhile. Any thread may call.
 */
final class BackgroundCleanup implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundCleanup.class);
  private static final long END_SECONDS = 5;

  private final Runnable work;
  private final ExecutorService thread;
  private final AtomicBoolean asked = new AtomicBoolean();

  BackgroundCleanup(Runnable work) {
    this.work = work;
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, "containerd-cleanup");
              made.setDaemon(true);
              return made;
            });
  }

  void begin() {
    if (asked.compareAndSet(false, true)) {
      try {
        thread.execute(this::run);
      } catch (RejectedExecutionException e) {
        LOG.debug("no clean-up while closing");
      }
    }
  }

  private void run() {
    asked.set(false);
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.warn("clean-up failed, the next one tries again: {}", e.getMessage(), e);
    }
  }

  /** Lets a clean-up that runs end, for a few seconds; the next start of the server goes on. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        LOG.info("left a clean-up unfinished");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
