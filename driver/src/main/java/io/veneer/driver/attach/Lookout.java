// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after what is attached, every second on a thread of its own: says what has died, tells the
 * kernel of new sizes, commits what the keeper's log would repeat, and takes back what was released
 * and is not used any more. On another thread it cleans up what an earlier process left, as long as
 * there is any.
 *
 * <p>Started once; any thread may close it, or ask for new sizes to be taken over.
 */
final class Lookout implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lookout.class);
  private static final long ROUND_SECONDS = 1;

  /** What others left may take long to look at, and must not hold up what is attached. */
  private static final int THREADS = 2;

  private final AttachedDevices devices;
  private final Detacher detacher;
  private final Succession succession;
  private final StaleAttachments stale;
  private final ScheduledExecutorService threads;

  Lookout(
      AttachedDevices devices, Detacher detacher, Succession succession, StaleAttachments stale) {
    this.devices = devices;
    this.detacher = detacher;
    this.succession = succession;
    this.stale = stale;
    this.threads = Executors.newScheduledThreadPool(THREADS, Lookout::daemon);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "attach-lookout");
    thread.setDaemon(true);
    return thread;
  }

  void start() {
    everyRound(this::lookRound);
    everyRound(this::cleanRound);
  }

  private void everyRound(Runnable work) {
    threads.scheduleWithFixedDelay(work, ROUND_SECONDS, ROUND_SECONDS, TimeUnit.SECONDS);
  }

  private void cleanRound() {
    try {
      stale.cleanAgain();
    } catch (RuntimeException e) {
      LOG.warn("leftovers of an earlier process not cleaned up: {}", e.toString());
    }
  }

  private void lookRound() {
    try {
      noticeDeaths();
      takeOverSizes();
      succession.look();
      detachReleased();
    } catch (RuntimeException e) {
      LOG.warn("attachments not looked after: {}", e.toString());
    }
  }

  private void noticeDeaths() {
    for (AttachedDevice entry : devices.all()) {
      if (entry.isNewlyDead()) {
        devices.inTurnIfFree(entry, this::noticeDeath);
      }
    }
  }

  /** What is dead is of no use to the next process either. */
  private void noticeDeath(AttachedDevice entry) {
    if (entry.isNewlyDead()) {
      entry.noticeDeath();
      succession.forget(entry);
      LOG.warn(
          "its connection or its block device is gone, and who uses it sees errors; unmount and"
              + " detach it: {}",
          entry.described());
    }
  }

  /** Makes the kernel take over the sizes of devices that were resized; any thread. */
  void takeOverSizes() {
    for (AttachedDevice entry : devices.all()) {
      if (entry.hasNewSize()) {
        devices.inTurn(entry, Lookout::takeOverSize);
      }
    }
  }

  private static void takeOverSize(AttachedDevice entry) {
    if (entry.hasNewSize()) {
      entry.resize();
      LOG.info("resized: {}", entry.described());
    }
  }

  /** What somebody is at work on is looked at in the next round. */
  private void detachReleased() {
    for (AttachedDevice entry : devices.all()) {
      if (entry.isReleased()) {
        devices.inTurnIfFree(entry, detacher::detachIfReleased);
      }
    }
  }

  /** Ends it after a round that is under way, which is not interrupted, as it may be writing. */
  @Override
  public void close() {
    ThreadsEnd.await(threads);
  }
}
