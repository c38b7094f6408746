// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.pool.ThinPool;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What is attached, and whose turn it is to work on a device.
 *
 * <p>Any thread. Whoever adds, removes or changes an attachment has its device's turn ({@link
 * Turns}); only before anybody can ask for one, and after {@link #close}, none is needed. A turn is
 * of a device's id; as names go from one device to another, what was found by its name is looked up
 * again once this thread has the turn.
 */
final class AttachedDevices {
  private final ThinPool pool;
  private final List<AttachedDevice> entries = new CopyOnWriteArrayList<>();
  private final Turns turns = new Turns();

  AttachedDevices(ThinPool pool) {
    this.pool = pool;
  }

  /** All, in the order in which they were attached; to go through, whatever happens meanwhile. */
  List<AttachedDevice> all() {
    return Collections.unmodifiableList(entries);
  }

  void add(AttachedDevice entry) {
    entries.add(entry);
  }

  void remove(AttachedDevice entry) {
    entries.remove(entry);
  }

  /**
   * Does something with a device of the pool, attached or not, after what others do with it.
   *
   * @throws PoolException if there is no such device, or nobody has a turn any more
   */
  <T> T inTurnOfDevice(String device, Function<DeviceInfo, T> work) {
    while (true) {
      int id = pool.device(device).id();
      if (!turns.take(id)) {
        throw PoolException.badRequest("attachments are closed, the server is going down");
      }
      try {
        DeviceInfo info = pool.device(device);
        if (info.id() == id) {
          return work.apply(info);
        }
      } finally {
        turns.give(id);
      }
    }
  }

  /** Does something with an attachment, after what others do with it; false if there is none. */
  boolean inTurnOfAttached(String device, Consumer<AttachedDevice> work) {
    while (true) {
      Optional<Integer> id = find(device).map(AttachedDevice::deviceId).or(() -> inPool(device));
      if (id.isEmpty() || !turns.take(id.get())) {
        return false;
      }
      try {
        Optional<AttachedDevice> entry = find(device);
        if (entry.isEmpty() || entry.get().deviceId() == id.get()) {
          entry.ifPresent(work);
          return entry.isPresent();
        }
      } finally {
        turns.give(id.get());
      }
    }
  }

  /** The attachment of that name; of several the last, as the others are of removed devices. */
  private Optional<AttachedDevice> find(String device) {
    return entries.stream().filter(e -> e.name().equals(device)).reduce((one, next) -> next);
  }

  /** The attachment whose block device or flat file is there; none if a device is called so. */
  Optional<AttachedDevice> at(String path) {
    return inPool(path).isPresent()
        ? Optional.empty()
        : entries.stream().filter(entry -> entry.isAt(path)).findFirst();
  }

  /** The id of a device that may be about to be attached. */
  private Optional<Integer> inPool(String device) {
    try {
      return Optional.of(pool.device(device).id());
    } catch (NoSuchDeviceException e) {
      return Optional.empty();
    }
  }

  /** Does something with an attachment, after what others do with it, unless it is gone then. */
  void inTurn(AttachedDevice entry, Consumer<AttachedDevice> work) {
    if (turns.take(entry.deviceId())) {
      workOn(entry, work);
    }
  }

  /** The same, but does nothing if somebody is at work on its device. */
  void inTurnIfFree(AttachedDevice entry, Consumer<AttachedDevice> work) {
    if (turns.tryTake(entry.deviceId())) {
      workOn(entry, work);
    }
  }

  /** Ends the turn, which this thread has. */
  private void workOn(AttachedDevice entry, Consumer<AttachedDevice> work) {
    try {
      if (entries.contains(entry)) {
        work.accept(entry);
      }
    } finally {
      turns.give(entry.deviceId());
    }
  }

  /**
   * Refuses a smaller size to a device that is attached: whoever has it mounted would lose what
   * lies beyond. A device whose turn somebody has may be about to be attached. Its turn is not kept
   * until it is smaller: who opens it later waits for the pool, and finds the new size.
   *
   * @throws PoolException if it must keep its size, with what to do first
   */
  void requireDetached(int deviceId, String name) {
    requireNotAttached(deviceId, name);
    if (!turns.tryTake(deviceId)) {
      throw PoolException.badRequest(
          "device is being attached or detached just now; detach it, or try again in a moment: name="
              + name);
    }
    try {
      requireNotAttached(deviceId, name);
    } finally {
      turns.give(deviceId);
    }
  }

  private void requireNotAttached(int deviceId, String name) {
    for (AttachedDevice entry : entries) {
      if (entry.deviceId() == deviceId) {
        throw PoolException.badRequest(
            "device is attached, detach it (a container: unmount it) before it is made smaller:"
                + " name="
                + name
                + " path="
                + entry.attached().path());
      }
    }
  }

  /** All as they are now, in the order in which they were attached. */
  List<Attachment> described() {
    return entries.stream()
        .map(entry -> isRemoved(entry) ? entry.described().asRemoved() : entry.described())
        .toList();
  }

  /** Whether its device is not in the pool any more, or another has its name by now. */
  private boolean isRemoved(AttachedDevice entry) {
    try {
      return inPool(entry.name()).filter(id -> id == entry.deviceId()).isEmpty();
    } catch (PoolException e) {
      return false; // a damaged record is there, and must not hide what is attached
    }
  }

  /** Gives nobody a turn any more, and waits for those who have one. */
  void close() {
    turns.close();
  }

  /** Forgets all, once it is closed. */
  void clear() {
    entries.clear();
  }
}
