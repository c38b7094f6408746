// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of what is attached when the server ends: what nobody uses is taken back; what is in
 * use is left for the next process if it can be, else written back as far as possible and cut off.
 *
 * <p>Asked by one thread, when nobody else works on a device any more: {@link
 * AttachedDevices#close}.
 */
final class Departure {
  private static final Logger LOG = LoggerFactory.getLogger(Departure.class);
  private static final int THREADS = 16;

  private final AttachedDevices devices;
  private final Detacher detacher;
  private final StaleAttachments stale;
  private final Succession succession;

  Departure(
      AttachedDevices devices, Detacher detacher, StaleAttachments stale, Succession succession) {
    this.devices = devices;
    this.detacher = detacher;
    this.stale = stale;
    this.succession = succession;
  }

  /** Ends all there is, several at a time; returns when that is done. */
  void endAll() {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    AtomicBoolean left = new AtomicBoolean();
    for (AttachedDevice entry : devices.all()) {
      threads.execute(() -> left.compareAndSet(false, detachOrLeave(entry)));
    }
    devices.clear();
    ThreadsEnd.await(threads);
    leaveBehind();
    succession.close(left.get());
  }

  /**
   * On a full disk it cannot be noted what is left; the keeper must hear of the end all the same.
   */
  private void leaveBehind() {
    try {
      stale.leaveBehind();
    } catch (RuntimeException e) {
      LOG.warn("not cleaned up: {}", e.toString());
    }
  }

  /** Whether it is left for the next process. */
  private boolean detachOrLeave(AttachedDevice entry) {
    try {
      entry.requireUnused();
      detacher.takeBackAtLast(entry);
      stale.giveUp(entry.record());
      return false;
    } catch (RuntimeException e) {
      if (entry.attached().files(entry).isPresent() && succession.canLeave()) {
        leave(entry);
        return true;
      }
      String why = e instanceof LostWritesException ? "not written back" : "while in use";
      LOG.warn("cut off {}, its users see errors from now on: {}", why, entry.described());
      LOG.debug("cut off: {}", entry.described(), e);
      cutOff(entry);
      return false;
    }
  }

  /** What could not be made durable is in the log, for the next process. */
  private static void leave(AttachedDevice entry) {
    LOG.info("left in use: {}", entry.described());
    try {
      entry.attached().leave();
    } catch (RuntimeException e) {
      LOG.warn("not durable yet: {} cause={}", entry.described(), e.getMessage());
    }
  }

  private void cutOff(AttachedDevice entry) {
    MountedFileSystems.writeBack(entry.mountPoints());
    succession.forget(entry);
    try {
      entry.attached().abandon();
    } catch (RuntimeException e) {
      LOG.warn("cut off half: {} cause={}", entry.described(), e.getMessage());
    }
    stale.disown(entry.record());
  }
}
