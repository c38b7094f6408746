// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.DeviceExistsException;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolOperations;
import io.veneer.thinpool.ReadOnlyException;
import io.veneer.thinpool.device.ThinDevice;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.mapping.StoredDevice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts a transaction together: checks each operation against the pool and the operations before it,
 * and notes what to do. Nothing is changed before {@link OperationApplier} applies the whole list.
 * Operations that need a moment without writers close the device's gate, which stays closed until
 * the transaction is over.
 */
final class OperationList implements PoolOperations {
  /** What to do to the set of devices, in order. */
  enum Kind {
    CREATE,
    SNAPSHOT,
    REMOVE
  }

  /** One such step; the origin is 0 but for snapshots. */
  record Step(Kind kind, int id, int originId) {}

  private final PoolState state;
  private final Directory directory;
  private final Map<String, Integer> names = new LinkedHashMap<>();
  private final Map<Integer, DeviceDraft> drafts = new LinkedHashMap<>();
  private final Map<Integer, Long> exclusiveBlocks = new HashMap<>();
  private final Set<Integer> smaller = new HashSet<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<ThinDevice> closedGates = new ArrayList<>();
  private List<Resize> resizes;
  private int nextId;
  private Long expectedTransactionId;
  private long nextTransactionId;

  OperationList(PoolState state, Directory directory) {
    this.state = state;
    this.directory = directory;
    this.nextId = Math.max(1, state.superblock.nextDeviceId);
  }

  List<Step> steps() {
    return steps;
  }

  Map<Integer, DeviceDraft> drafts() {
    return drafts;
  }

  /** How many blocks a device holds alone whose write guarantee is switched on; else null. */
  Long exclusiveBlocks(int id) {
    return exclusiveBlocks.get(id);
  }

  boolean isSnapshotted(int id) {
    return steps.stream().anyMatch(step -> step.originId() == id);
  }

  boolean isRemoved(int id) {
    return steps.stream().anyMatch(step -> step.kind() == Kind.REMOVE && step.id() == id);
  }

  boolean onlyMakesSmaller() {
    return drafts.values().stream()
        .allMatch(draft -> smaller.contains(draft.id) && !draft.textChanged);
  }

  /** The devices that are there and get a new size. */
  List<Resize> resizes() {
    if (resizes == null) {
      resizes = new ArrayList<>();
      for (DeviceDraft draft : drafts.values()) {
        StoredDevice stored = isRemoved(draft.id) ? null : stored(draft.id);
        if (stored != null && stored.record().sizeBytes != draft.sizeBytes) {
          resizes.add(new Resize(state, stored, inUse(draft.id), draft.sizeBytes));
        }
      }
    }
    return resizes;
  }

  /** Names that change: the new id, or 0 for gone. */
  Map<String, Integer> names() {
    return names;
  }

  int nextId() {
    return nextId;
  }

  /** The transaction id to set, or null. */
  Long newTransactionId() {
    return expectedTransactionId == null ? null : nextTransactionId;
  }

  void openGates() {
    closedGates.forEach(ThinDevice::openGate);
  }

  @Override
  public int createDevice(String name, long sizeBytes) {
    return create(name, Limits.deviceSize(sizeBytes), "");
  }

  @Override
  public int createDevice(String name, long sizeBytes, String externalOrigin) {
    return create(name, Limits.deviceSize(sizeBytes), Limits.externalOrigin(externalOrigin));
  }

  private int create(String name, long sizeBytes, String externalOrigin) {
    DeviceDraft draft = add(name, sizeBytes);
    draft.externalOrigin = externalOrigin;
    steps.add(new Step(Kind.CREATE, draft.id, 0));
    return draft.id;
  }

  private DeviceDraft add(String name, long sizeBytes) {
    requireFree(Limits.name(name));
    state.space.reclaimIfShort();
    state.transactions.lock().lock();
    try {
      state.space.checkRoomForNewDevice();
      DeviceDraft draft = new DeviceDraft(takeId(), name, sizeBytes);
      drafts.put(draft.id, draft);
      names.put(name, draft.id);
      return draft;
    } finally {
      state.transactions.lock().unlock();
    }
  }

  private int takeId() {
    if (state.superblock.deviceCount + drafts.size() >= Limits.DEVICES_MAX) {
      throw PoolException.badRequest("pool has as many devices as it can: " + Limits.DEVICES_MAX);
    }
    while (state.table.contains(nextId) || drafts.containsKey(nextId)) {
      nextId = nextId == Limits.DEVICE_ID_MAX ? 1 : nextId + 1;
    }
    int id = nextId;
    nextId = nextId == Limits.DEVICE_ID_MAX ? 1 : nextId + 1;
    return id;
  }

  @Override
  public int createSnapshot(String name, String originName) {
    DeviceDraft origin = draft(originName);
    requireNotBoth(origin, smaller.contains(origin.id));
    closeGate(origin);
    DeviceDraft draft = add(name, origin.sizeBytes);
    draft.externalOrigin = origin.externalOrigin;
    draft.originId = origin.id;
    steps.add(new Step(Kind.SNAPSHOT, draft.id, origin.id));
    return draft.id;
  }

  @Override
  public void removeDevice(String name) {
    DeviceDraft draft = draft(name);
    names.put(name, 0);
    steps.add(new Step(Kind.REMOVE, draft.id, 0));
  }

  @Override
  public void renameDevice(String name, String newName) {
    DeviceDraft draft = draft(name);
    if (name.equals(newName)) {
      return;
    }
    requireFree(Limits.name(newName));
    draft.name = newName;
    draft.textChanged = true;
    names.put(name, 0);
    names.put(newName, draft.id);
  }

  @Override
  public void resizeDevice(String name, long sizeBytes) {
    DeviceDraft draft = draft(name);
    requireUnsealed(draft);
    long size = Limits.deviceSize(sizeBytes);
    if (size < draft.sizeBytes) {
      requireNotBoth(draft, isSnapshotted(draft.id));
      state.sizeGuards.forEach(guard -> guard.beforeSmaller(draft.id, draft.name));
      smaller.add(draft.id);
    }
    closeGate(draft);
    draft.sizeBytes = size;
    draft.changed = true;
  }

  /**
   * What a smaller size cuts off is cleared before the transaction, so a snapshot in it would miss
   * it.
   */
  private static void requireNotBoth(DeviceDraft draft, boolean other) {
    if (other) {
      throw PoolException.badRequest(
          "a smaller size and a snapshot of one device need two transactions: name=" + draft.name);
    }
  }

  @Override
  public void setAttributes(String name, Map<String, String> attributes) {
    DeviceDraft draft = draft(name);
    draft.attributes = Limits.attributes(attributes);
    draft.textChanged = true;
  }

  @Override
  public void sealDevice(String name) {
    DeviceDraft draft = draft(name);
    closeGate(draft);
    draft.sealed = true;
    draft.guaranteed = false;
    draft.changed = true;
  }

  @Override
  public void setQuota(String name, long quotaBytes) {
    if (quotaBytes < 0) {
      throw PoolException.badRequest("quota must not be negative: quota=" + quotaBytes);
    }
    DeviceDraft draft = draft(name);
    draft.quotaBytes = quotaBytes;
    draft.changed = true;
  }

  @Override
  public void setGuarantee(String name, boolean guaranteed) {
    DeviceDraft draft = draft(name);
    requireUnsealed(draft);
    closeGate(draft);
    draft.guaranteed = guaranteed;
    draft.changed = true;
    StoredDevice stored = stored(draft.id);
    exclusiveBlocks.put(draft.id, stored == null ? 0L : state.inside(stored::exclusiveBlocks));
  }

  @Override
  public void setTransactionId(long expected, long next) {
    long now = expectedTransactionId == null ? state.superblock.transactionId : nextTransactionId;
    if (now != expected) {
      throw PoolException.badRequest(
          "transaction id is not what was expected: expected=" + expected + " found=" + now);
    }
    expectedTransactionId = expected;
    nextTransactionId = next;
  }

  @Override
  public DeviceInfo device(String name) {
    DeviceDraft draft = draft(name);
    state.transactions.lock().lock();
    try {
      StoredDevice stored = state.table.find(draft.id);
      DeviceRecord record = stored == null ? null : stored.record();
      return draft.info(record, directory, state);
    } finally {
      state.transactions.lock().unlock();
    }
  }

  /** The draft of a device, made from its record when the transaction first names it. */
  private DeviceDraft draft(String name) {
    state.transactions.lock().lock();
    try {
      int id = idOf(name);
      if (id == 0) {
        throw new NoSuchDeviceException(
            "pool has no such device: name=" + name + " pool=" + state.files.location());
      }
      return drafts.computeIfAbsent(id, key -> DeviceDraft.of(state.table.find(key).record()));
    } finally {
      state.transactions.lock().unlock();
    }
  }

  private int idOf(String name) {
    Integer changed = names.get(name);
    return changed != null ? changed : directory.idOf(name);
  }

  private void requireFree(String name) {
    state.transactions.lock().lock();
    try {
      if (idOf(name) != 0) {
        throw new DeviceExistsException(
            "pool has a device of that name already: name="
                + name
                + " pool="
                + state.files.location());
      }
    } finally {
      state.transactions.lock().unlock();
    }
  }

  private static void requireUnsealed(DeviceDraft draft) {
    if (draft.sealed) {
      throw new ReadOnlyException("device is sealed and cannot change: name=" + draft.name);
    }
  }

  private void closeGate(DeviceDraft draft) {
    ThinDevice device = inUse(draft.id);
    if (device != null && !closedGates.contains(device)) {
      device.closeGate();
      closedGates.add(device);
    }
  }

  private ThinDevice inUse(int id) {
    state.transactions.lock().lock();
    try {
      return directory.inUse(id);
    } finally {
      state.transactions.lock().unlock();
    }
  }

  private StoredDevice stored(int id) {
    state.transactions.lock().lock();
    try {
      return state.table.find(id);
    } finally {
      state.transactions.lock().unlock();
    }
  }
}
