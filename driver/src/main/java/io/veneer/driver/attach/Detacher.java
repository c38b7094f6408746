// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.thinpool.PoolException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes block device paths back that nobody uses; one that is in use stays as it is, in the list
 * and kept. Any thread that has the device's turn, or when nobody has one any more.
 */
final class Detacher {
  private static final Logger LOG = LoggerFactory.getLogger(Detacher.class);

  private final AttachedDevices devices;
  private final StaleAttachments stale;
  private final Succession succession;

  Detacher(AttachedDevices devices, StaleAttachments stale, Succession succession) {
    this.devices = devices;
    this.stale = stale;
    this.succession = succession;
  }

  /**
   * Takes one back.
   *
   * @throws PoolException if it is mounted or open, or once if writes to it have failed
   */
  void detach(AttachedDevice entry) {
    detach(entry, this::takeBack);
  }

  private void detach(AttachedDevice entry, Consumer<AttachedDevice> taking) {
    Attachment described = entry.described();
    entry.requireUnused();
    taking.accept(entry);
    devices.remove(entry);
    stale.giveUp(entry.record());
    LOG.info("detached: {}", described);
  }

  /** The keeper lets go first, as it has the device open, too. */
  private void takeBack(AttachedDevice entry) {
    succession.drop(entry);
    try {
      entry.attached().detach();
    } catch (RuntimeException e) {
      keepAgain(entry, e);
      throw e;
    }
  }

  private void keepAgain(AttachedDevice entry, RuntimeException reason) {
    try {
      succession.keepStill(entry);
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  /** Takes one back now, or lets it be found by {@link #detachIfReleased} once nobody uses it. */
  void release(AttachedDevice entry) {
    entry.setReleased(true);
    detachIfUnused(entry);
  }

  /** Takes one back that was released, unless it is still in use or wanted again by now. */
  void detachIfReleased(AttachedDevice entry) {
    if (entry.isReleased() && !entry.attached().isKnownInUse()) {
      detachIfUnused(entry);
    }
  }

  private void detachIfUnused(AttachedDevice entry) {
    try {
      detach(entry, this::takeBackAtLast);
    } catch (PoolException e) {
      LOG.debug("still in use: {} cause={}", entry.described(), e.getMessage());
    }
  }

  /**
   * Takes back what is behind an entry, and leaves the list and the record to the caller. Where
   * nobody would ask again, it goes without the writes that have failed.
   */
  void takeBackAtLast(AttachedDevice entry) {
    try {
      takeBack(entry);
    } catch (LostWritesException e) {
      takeBack(entry);
      LOG.warn(
          "writes to it have failed, and what was written last may be missing: {}",
          entry.described());
    }
  }
}
