// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.DeviceInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A plain model of a pool: its devices by name as they are now, and as they were at each step since
 * the last one that is durable for sure; a crash may bring any of these back.
 */
final class PoolModel {
  /** A device; its content is the device's own, however it is called. */
  record Device(
      ModelContent content,
      long sizeBytes,
      boolean sealed,
      boolean guaranteed,
      long quotaBytes,
      String externalOrigin,
      Map<String, String> attributes) {

    Device withSize(long bytes) {
      return new Device(content, bytes, sealed, guaranteed, quotaBytes, externalOrigin, attributes);
    }

    Device withSeal() {
      return new Device(content, sizeBytes, true, false, quotaBytes, externalOrigin, attributes);
    }

    Device withGuarantee(boolean on) {
      return new Device(content, sizeBytes, sealed, on, quotaBytes, externalOrigin, attributes);
    }

    Device withQuota(long bytes) {
      return new Device(content, sizeBytes, sealed, guaranteed, bytes, externalOrigin, attributes);
    }

    Device withAttributes(Map<String, String> changed) {
      return new Device(
          content, sizeBytes, sealed, guaranteed, quotaBytes, externalOrigin, changed);
    }

    Device snapshot() {
      return new Device(content.snapshot(), sizeBytes, false, false, 0, externalOrigin, Map.of());
    }

    int words() {
      return (int) (sizeBytes / Long.BYTES);
    }

    private boolean isAs(DeviceInfo info) {
      return sizeBytes == info.sizeBytes()
          && sealed == info.sealed()
          && guaranteed == info.guaranteed()
          && quotaBytes == info.quotaBytes()
          && externalOrigin.equals(info.externalOrigin())
          && attributes.equals(info.attributes());
    }
  }

  private record State(Map<String, Device> devices, long transactionId) {
    boolean has(ModelContent content) {
      return devices.values().stream().anyMatch(device -> device.content() == content);
    }
  }

  final Map<String, Device> devices = new TreeMap<>();
  long transactionId;
  private final List<State> possible = new ArrayList<>(List.of(state()));

  private State state() {
    return new State(new TreeMap<>(devices), transactionId);
  }

  /** The set of devices, or what is recorded of them, changed. */
  void changed() {
    possible.add(state());
  }

  /** All that was done is durable. */
  void durable() {
    devices.values().forEach(device -> device.content().durable());
    possible.clear();
    changed();
  }

  /** A device was flushed, so it exists for sure, with all that was written. */
  void flushed(ModelContent content) {
    content.durable();
    exists(content);
  }

  /** A range of a device was flushed. */
  void flushed(ModelContent content, int from, int to) {
    content.durable(from, to);
    exists(content);
  }

  private void exists(ModelContent content) {
    possible.removeIf(state -> !state.has(content));
  }

  /** Fails unless a pool has these devices, with all that is recorded of them. */
  void requireDevices(ThinPool pool) {
    if (!isAs(state(), pool)) {
      throw new IllegalStateException("wrong devices: " + pool.devices() + " expected=" + devices);
    }
  }

  /** Fails unless a pool has these devices, and all they hold. */
  void requireSame(ThinPool pool) {
    requireDevices(pool);
    devices.forEach((name, device) -> device.content().requireNow(0, contentOf(pool, name)));
  }

  /** Goes on with what a crash left; fails if no crash may leave that. */
  void adopt(ThinPool pool) {
    String illegal = "no step has these devices: " + pool.devices();
    for (State state : possible) {
      if (isAs(state, pool)) {
        illegal = firstIllegal(state, pool);
        if (illegal == null) {
          adopt(state, pool);
          return;
        }
      }
    }
    throw new IllegalStateException(illegal);
  }

  private static boolean isAs(State state, ThinPool pool) {
    List<DeviceInfo> found = pool.devices();
    return found.size() == state.devices().size()
        && pool.status().transactionId() == state.transactionId()
        && found.stream().allMatch(info -> isAs(state.devices().get(info.name()), info));
  }

  private static boolean isAs(Device device, DeviceInfo info) {
    return device != null && device.isAs(info);
  }

  private static String firstIllegal(State state, ThinPool pool) {
    for (Map.Entry<String, Device> each : state.devices().entrySet()) {
      int word = each.getValue().content().firstIllegal(contentOf(pool, each.getKey()));
      if (word >= 0) {
        return "lost or foreign bytes: device=" + each.getKey() + " offset=" + word * Long.BYTES;
      }
    }
    return null;
  }

  private void adopt(State state, ThinPool pool) {
    devices.clear();
    devices.putAll(state.devices());
    transactionId = state.transactionId();
    devices.forEach((name, device) -> device.content().adopt(contentOf(pool, name)));
    durable();
  }

  static ByteBuffer contentOf(ThinPool pool, String name) {
    return ByteBuffer.wrap(RandomRun.contentOf(pool, name));
  }
}
