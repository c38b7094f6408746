// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolIoException;
import io.veneer.thinpool.device.OpenDevice;
import io.veneer.thinpool.device.ThinDevice;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.mapping.StoredDevice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices by name, and who has them open. The names are read from the records when they are
 * first asked for. All methods are called under the metadata lock.
 *
 * <p>A record that cannot be read takes its own device away and no other: who asks for a device
 * that is there gets it. Only who must know that there is none of a name is refused.
 */
final class Directory {
  private static final Logger LOG = LoggerFactory.getLogger(Directory.class);

  private final PoolState state;
  private final Map<Integer, Use> uses = new HashMap<>();
  private TreeMap<String, Integer> names;

  /** Why a record, or a part of the table, could not be read, if one could not. */
  private PoolException damage;

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

  /**
   * The devices that can be read. While a record cannot, they are looked for anew each time: what
   * failed may have been the host.
   */
  private TreeMap<String, Integer> names() {
    if (names == null || damage != null) {
      List<Integer> ids = new ArrayList<>();
      damage = state.table.forEachId(ids::add);
      TreeMap<String, Integer> read = new TreeMap<>();
      ids.forEach(id -> addName(id, read));
      names = read;
    }
    return names;
  }

  private void addName(int id, Map<String, Integer> read) {
    try {
      DeviceRecord record = state.table.find(id).record();
      if (!record.is(DeviceRecord.REMOVING)) {
        read.put(record.name, id);
      }
    } catch (CorruptMetadataException | PoolIoException e) {
      LOG.debug("a device's record cannot be read: id={}", id, e);
      damage = e;
    }
  }

  /**
   * The id of a name, or 0.
   *
   * @throws CorruptMetadataException if the name may be that of a device that cannot be read
   */
  int idOf(String name) {
    Integer id = names().get(name);
    if (id == null && damage != null) {
      throw new CorruptMetadataException(
          "pool has no whole device of that name, and one that is damaged: name="
              + name
              + " pool="
              + state.files.location()
              + " damage="
              + damage.getMessage(),
          damage);
    }
    return id == null ? 0 : id;
  }

  StoredDevice get(String name) {
    int id = idOf(name);
    if (id == 0) {
      throw new NoSuchDeviceException(
          "pool has no such device: name=" + name + " pool=" + state.files.location());
    }
    return state.table.find(id);
  }

  /** All devices, ascending by name; throws if one of them cannot be read. */
  List<StoredDevice> all() {
    List<StoredDevice> devices = whole();
    if (damage != null) {
      throw damage;
    }
    return devices;
  }

  /** The devices that can be read, ascending by name. */
  List<StoredDevice> whole() {
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
