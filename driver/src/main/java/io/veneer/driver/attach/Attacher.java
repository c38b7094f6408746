// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes attachments: of devices that somebody asks for, and of what the last server left to be
 * served on. An attachment has a record before it is made, and is in the list once all of it is
 * there; what cannot be made leaves nothing behind. Any thread that has the device's turn.
 */
final class Attacher {
  private static final Logger LOG = LoggerFactory.getLogger(Attacher.class);

  private final ThinPool pool;
  private final AttachedDevices devices;
  private final Ways ways;
  private final StaleAttachments stale;
  private final Succession succession;

  Attacher(
      ThinPool pool,
      AttachedDevices devices,
      Ways ways,
      StaleAttachments stale,
      Succession succession) {
    this.pool = pool;
    this.devices = devices;
    this.ways = ways;
    this.stale = stale;
    this.succession = succession;
  }

  /** Goes on with what the last server left; before anything else is asked of this. */
  void takeOver() {
    for (Succession.Resumed each : succession.takeOver(ways::options)) {
      stale.adopt(each.record());
      AttachedDevice entry =
          new AttachedDevice(each.device(), each.info(), Via.LOOP, each.record(), each.attached());
      devices.add(entry);
      takeOverSize(entry);
    }
  }

  /** The last server may have been killed between a change of the size and telling the kernel. */
  private static void takeOverSize(AttachedDevice entry) {
    try {
      entry.resize();
    } catch (RuntimeException e) {
      LOG.warn("size not taken over: {} cause={}", entry.described(), e.toString());
    }
  }

  /** Attaches a device, or finds it attached in this way already. */
  Attachment attach(DeviceInfo info, boolean readOnly, Via via, OptionalInt sectorBytes) {
    for (AttachedDevice entry : devices.all()) {
      if (entry.name().equals(info.name()) && !isLeaving(entry, info)) {
        requireSame(entry, info, readOnly || info.sealed(), via, sectorBytes);
        return entry.described();
      }
    }
    int sector = sectorBytes.orElse(Attachments.DEFAULT_SECTOR_BYTES);
    return make(info, readOnly, ways.choose(via), sector).described();
  }

  /** Whether it is of an earlier device of that name, and goes by itself; it may go now. */
  private static boolean isLeaving(AttachedDevice entry, DeviceInfo info) {
    if (entry.deviceId() != info.id()) {
      return entry.isReleased();
    }
    if (!entry.attached().isDead()) {
      entry.setReleased(false);
    }
    return false;
  }

  private static void requireSame(
      AttachedDevice entry, DeviceInfo info, boolean readOnly, Via via, OptionalInt sectorBytes) {
    if (entry.deviceId() != info.id()) {
      throw PoolException.badRequest(
          "an earlier device of this name is still attached, detach it first: " + entry.named());
    }
    if (!entry.attached().hasBlockDevice()) {
      throw PoolException.badRequest(
          "the block device was let go of, detach the device first: " + entry.named());
    }
    if (entry.attached().isDead()) {
      throw PoolException.badRequest(
          "the block device gives only errors, as its connection was aborted; detach the device"
              + " first: "
              + entry.named());
    }
    int attachedBytes = entry.attached().sectorBytes();
    boolean sameWay = via == Via.AUTO || via == entry.via();
    if (entry.readOnly() != readOnly
        || !sameWay
        || sectorBytes.orElse(attachedBytes) != attachedBytes) {
      throw PoolException.badRequest(
          "device is attached in another way, detach it first: "
              + entry.named()
              + " readOnly="
              + entry.readOnly()
              + " via="
              + entry.via().name().toLowerCase(Locale.ROOT)
              + " sectorBytes="
              + attachedBytes);
    }
  }

  private AttachedDevice make(DeviceInfo info, boolean readOnly, Via via, int sectorBytes) {
    if (via == Via.LOOP) {
      succession.requireAnswer();
    }
    Path record = stale.claim(info.name());
    try {
      BlockDevice device =
          readOnly ? pool.openDeviceReadOnly(info.name()) : pool.openDevice(info.name());
      BlockDevice logged = logging(device, info);
      Attached attached = ways.attach(logged, via, record, sectorBytes);
      AttachedDevice entry = new AttachedDevice(logged, info, via, record, attached);
      keep(entry);
      devices.add(entry);
      LOG.info("attached: {}", entry.described());
      return entry;
    } catch (RuntimeException | Error e) {
      giveUp(record, e);
      throw e;
    }
  }

  private BlockDevice logging(BlockDevice device, DeviceInfo info) {
    try {
      return succession.logging(device, info.id());
    } catch (RuntimeException | Error e) {
      device.close();
      throw e;
    }
  }

  private void giveUp(Path record, Throwable reason) {
    try {
      stale.giveUp(record);
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  private void keep(AttachedDevice entry) {
    try {
      succession.keep(entry);
    } catch (RuntimeException | Error e) {
      entry.attached().abandon();
      throw e;
    }
  }
}
