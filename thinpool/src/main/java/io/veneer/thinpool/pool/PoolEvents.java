// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.PoolListener;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolStatus;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners what changed since they heard last. Each is told what it does not know: that a
 * pool is low that was so before it came, too. Anybody may add one; one thread at a time sends.
 */
final class PoolEvents {
  private static final Logger LOG = LoggerFactory.getLogger(PoolEvents.class);

  private final List<Hearer> hearers = new CopyOnWriteArrayList<>();
  private PoolMode lastMode;

  PoolEvents(PoolMode mode) {
    this.lastMode = mode;
  }

  /** A listener and what it heard. */
  private static final class Hearer {
    private final PoolListener listener;
    private boolean lowData;
    private boolean lowMetadata;

    Hearer(PoolListener listener) {
      this.listener = listener;
    }

    void level(PoolStatus now) {
      boolean falls = now.isLowOnData() && !lowData || now.isLowOnMetadata() && !lowMetadata;
      lowData = now.isLowOnData();
      lowMetadata = now.isLowOnMetadata();
      if (falls) {
        guarded(() -> listener.lowWater(now));
      }
    }

    void modeChanged(PoolMode before, PoolStatus now) {
      guarded(() -> listener.modeChanged(before, now));
    }

    /** Who throws although it must not keeps nothing from the others. */
    private static void guarded(Runnable call) {
      try {
        call.run();
      } catch (RuntimeException e) {
        LOG.warn("a listener of a pool failed", e);
      }
    }
  }

  void add(PoolListener listener) {
    hearers.add(new Hearer(listener));
  }

  /** Tells what is new; that a pool was closed is no news to who closed it. */
  void send(PoolStatus now) {
    if (now.mode() == PoolMode.FAILED) {
      return;
    }
    PoolMode before = lastMode;
    lastMode = now.mode();
    for (Hearer hearer : hearers) {
      if (now.mode() != before) {
        hearer.modeChanged(before, now);
      }
      hearer.level(now);
    }
  }
}
