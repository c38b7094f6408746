// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import java.nio.file.Path;
import java.util.List;

/**
 * One attachment and what was known when it was made. Any thread may ask; what changes it is done
 * by who has its device's turn.
 */
final class AttachedDevice {
  private final BlockDevice device;
  private final int deviceId;
  private final String nameAtFirst;
  private final boolean readOnly;
  private final Via via;
  private final Path record;
  private final Attached attached;
  private volatile long sizeBytes;
  private volatile boolean released;
  private volatile boolean deathNoticed;

  AttachedDevice(BlockDevice device, DeviceInfo info, Via via, Path record, Attached attached) {
    this.device = device;
    this.deviceId = info.id();
    this.nameAtFirst = info.name();
    this.readOnly = device.isReadOnly();
    this.via = via;
    this.record = record;
    this.attached = attached;
    this.sizeBytes = device.sizeBytes();
  }

  int deviceId() {
    return deviceId;
  }

  /** The device's name now; what it was once, if it was removed. */
  String name() {
    String name = device.name();
    return name == null || name.isEmpty() ? nameAtFirst : name;
  }

  boolean readOnly() {
    return readOnly;
  }

  Via via() {
    return via;
  }

  Path record() {
    return record;
  }

  Attached attached() {
    return attached;
  }

  /** Whether that is the path of its block device or flat file. */
  boolean isAt(String path) {
    Path file = attached.file();
    return path.equals(attached.path().toString()) || file != null && path.equals(file.toString());
  }

  Attachment described() {
    return new Attachment(
        name(), attached.path(), attached.file(), readOnly, via, false, attached.isDead());
  }

  /** What it is and where, for a refusal. */
  String named() {
    return "device=" + name() + " path=" + attached.path();
  }

  /** Where its block device is mounted, as far as this process can see. */
  List<String> mountPoints() {
    return attached.hasBlockDevice() ? BlockDeviceUsers.mountPoints(attached.path()) : List.of();
  }

  /** Fails with the one who must let go first, if there is one. */
  void requireUnused() {
    if (attached.hasBlockDevice()) {
      BlockDeviceUsers.requireNone(attached.path());
    }
  }

  /** Whether it shall be detached as soon as nobody uses it. */
  boolean isReleased() {
    return released;
  }

  void setReleased(boolean value) {
    released = value;
  }

  /** Whether it is dead, and nobody has seen that before. */
  boolean isNewlyDead() {
    return !deathNoticed && attached.isDead();
  }

  void noticeDeath() {
    deathNoticed = true;
  }

  /** Whether the kernel is to be told of another size; not where nothing reaches it any more. */
  boolean hasNewSize() {
    return !attached.isDead() && device.sizeBytes() != sizeBytes;
  }

  /** Makes the kernel take over the size that the device has now. */
  void resize() {
    long newBytes = device.sizeBytes();
    attached.resized();
    sizeBytes = newBytes;
  }
}
