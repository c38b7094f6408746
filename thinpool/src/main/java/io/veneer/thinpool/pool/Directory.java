// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.device.OpenDevice;
import io.veneer.thinpool.device.ThinDevice;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.mapping.StoredDevice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The devices by name, and who has them open. The names are read from the records when they are
 * first asked for. All methods are called under the metadata lock.
 */
final class Directory {
  private final PoolState state;
  private final Map<Integer, Use> uses = new HashMap<>();
  private TreeMap<String, Integer> names;

  Directory(PoolState state) {
    this.state = state;
  }

  /** A device that somebody has open. */
  private static final class Use {
    private final ThinDevice device;
    private int opens;

    Use(ThinDevice device) {
      this.device = device;
    }
  }

  private TreeMap<String, Integer> names() {
    if (names == null) {
      TreeMap<String, Integer> read = new TreeMap<>();
      state.table.forEachId(
          id -> {
            DeviceRecord record = state.table.find(id).record();
            if (!record.is(DeviceRecord.REMOVING)) {
              read.put(record.name, id);
            }
          });
      names = read;
    }
    return names;
  }

  /** The id of a name, or 0. */
  int idOf(String name) {
    return names().getOrDefault(name, 0);
  }

  StoredDevice get(String name) {
    int id = idOf(name);
    if (id == 0) {
      throw new NoSuchDeviceException(
          "pool has no such device: name=" + name + " pool=" + state.files.location());
    }
    return state.table.find(id);
  }

  List<StoredDevice> all() {
    List<StoredDevice> devices = new ArrayList<>();
    names().values().forEach(id -> devices.add(state.table.find(id)));
    return devices;
  }

  void named(String name, int id) {
    names().put(name, id);
  }

  void unnamed(String name) {
    names().remove(name);
  }

  int openCount(int id) {
    Use use = uses.get(id);
    return use == null ? 0 : use.opens;
  }

  /** The device that takes requests, if somebody has it open, else null. */
  ThinDevice inUse(int id) {
    Use use = uses.get(id);
    return use == null ? null : use.device;
  }

  OpenDevice open(StoredDevice stored, boolean readOnly, Runnable wake) {
    int id = stored.record().id;
    Use use = uses.computeIfAbsent(id, key -> new Use(new ThinDevice(stored, state.room)));
    use.opens++;
    return new OpenDevice(use.device, readOnly, () -> close(id, wake));
  }

  /** The last close of a removed device lets its blocks go. */
  private void close(int id, Runnable wake) {
    state.transactions.lock().lock();
    try {
      Use use = uses.get(id);
      if (--use.opens == 0) {
        uses.remove(id);
        use.device.close();
        if (use.device.stored().record().is(DeviceRecord.REMOVING)) {
          state.space.reclaimer().add(use.device.stored());
        }
      }
    } finally {
      state.transactions.lock().unlock();
    }
    wake.run();
  }
}
