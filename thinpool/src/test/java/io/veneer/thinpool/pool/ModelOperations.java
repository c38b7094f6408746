// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.DeviceExistsException;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.PoolOperations;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** Random operations on the devices of a {@link ModelLife}. */
final class ModelOperations {
  private static final int DEVICES_MAX = 7;
  private static final int SECTOR_BYTES = 512;

  private final ModelLife life;
  private final ModelOrigin origin;

  ModelOperations(ModelLife life, ModelOrigin origin) {
    this.life = life;
    this.origin = origin;
  }

  private void put(String name, PoolModel.Device device) {
    life.model.devices.put(name, device);
    life.model.changed();
  }

  private void transact(Consumer<PoolOperations> operations) {
    life.pool()
        .transact(
            list -> {
              operations.accept(list);
              return null;
            });
  }

  private static long size(Random random) {
    int sectors = ModelLife.MIB / SECTOR_BYTES;
    return ModelLife.MIB + (long) random.nextInt(sectors + 1) * SECTOR_BYTES;
  }

  void create(Random random) {
    if (life.model.devices.size() >= DEVICES_MAX) {
      return;
    }
    String name = "d" + life.step();
    long size = size(random);
    boolean external = random.nextInt(3) == 0;
    life.note("create", name, size, external ? "external" : "");
    String path = external ? origin.path() : "";
    long[] content = external ? origin.words(size) : new long[0];
    Consumer<PoolOperations> create =
        external
            ? list -> list.createDevice(name, size, path)
            : list -> list.createDevice(name, size);
    if (life.tryOperation(() -> transact(create))) {
      ModelContent model = ModelContent.of(content);
      put(name, new PoolModel.Device(model, size, false, false, 0, path, Map.of()));
    }
  }

  void snapshot(String name) {
    if (life.model.devices.size() < DEVICES_MAX) {
      String snapshot = "s" + life.step();
      life.note("snapshot", snapshot, name);
      if (life.tryOperation(() -> life.pool().createSnapshot(snapshot, name))) {
        put(snapshot, life.of(name).snapshot());
      }
    }
  }

  void remove(String name) {
    life.note("remove", name);
    life.closeDevice(name);
    life.pool().removeDevice(name);
    life.model.devices.remove(name);
    life.model.changed();
  }

  void rename(String name) {
    String newName = "r" + life.step();
    life.note("rename", name, newName);
    life.pool().renameDevice(name, newName);
    life.renamed(name, newName);
    life.model.changed();
  }

  void resize(String name, Random random) {
    long size = size(random);
    life.note("resize", name, size);
    PoolModel.Device before = life.of(name);
    Runnable resize = () -> life.pool().resizeDevice(name, size);
    if (before.sealed()) {
      ModelLife.requireRefused(resize);
    } else if (size >= before.sizeBytes()) {
      grow(name, size, before);
    } else if (life.tryOperation(resize)) {
      before.content().write((int) (size / Long.BYTES), before.words(), 0);
      put(name, before.withSize(size));
    } else {
      ModelLife.require(!before.guaranteed(), "write guarantee was broken: device=" + name);
      before.content().requireNow(0, PoolModel.contentOf(life.pool(), name));
    }
  }

  /** What an external origin has behind the old size comes into sight. */
  private void grow(String name, long size, PoolModel.Device before) {
    if (before.externalOrigin().isEmpty()
        && life.tryOperation(() -> life.pool().resizeDevice(name, size))) {
      put(name, before.withSize(size));
    }
  }

  void attributes(String name) {
    life.note("attributes", name);
    int step = life.step();
    Map<String, String> changed = Map.of("step", "" + step, "kind", "k".repeat(step * 37 % 5000));
    transact(list -> list.setAttributes(name, changed));
    put(name, life.of(name).withAttributes(changed));
  }

  void seal(String name) {
    life.note("seal", name);
    transact(list -> list.sealDevice(name));
    put(name, life.of(name).withSeal());
  }

  void quota(String name, Random random) {
    long quota = random.nextBoolean() ? 0 : (long) life.blockBytes * (1 + random.nextInt(100));
    life.note("quota", name, quota);
    transact(list -> list.setQuota(name, quota));
    put(name, life.of(name).withQuota(quota));
  }

  void guarantee(String name, Random random) {
    boolean on = random.nextInt(3) > 0;
    life.note("guarantee", name, on);
    Runnable set = () -> transact(list -> list.setGuarantee(name, on));
    if (life.of(name).sealed()) {
      ModelLife.requireRefused(set);
    } else if (life.tryOperation(set)) {
      put(name, life.of(name).withGuarantee(on));
    }
  }

  /** Several operations, and the number that tells that they were done, in one transaction. */
  void several(String name) {
    if (life.model.devices.size() + 1 >= DEVICES_MAX) {
      return;
    }
    life.note("several", name);
    String first = "a" + life.step();
    String second = "b" + life.step();
    String renamed = "n" + life.step();
    long next = life.model.transactionId + 1;
    Consumer<PoolOperations> operations =
        list -> {
          list.createSnapshot(first, name);
          list.createSnapshot(second, first);
          list.renameDevice(name, renamed);
          list.setAttributes(second, Map.of("of", name));
          list.setTransactionId(next - 1, next);
        };
    if (life.tryOperation(() -> transact(operations))) {
      PoolModel.Device device = life.of(name);
      life.model.devices.put(first, device.snapshot());
      life.model.devices.put(second, device.snapshot().withAttributes(Map.of("of", name)));
      life.renamed(name, renamed);
      life.model.transactionId = next;
      life.model.changed();
    }
  }

  /** A transaction whose last operation is refused changes nothing. */
  void refused(String name) {
    life.note("refused", name);
    String renamed = "x" + life.step();
    String twice = "y" + life.step();
    try {
      transact(
          list -> {
            list.renameDevice(name, renamed);
            list.setAttributes(renamed, Map.of("lost", "yes"));
            list.removeDevice(renamed);
            list.createDevice(twice, ModelLife.MIB);
            list.createDevice(twice, ModelLife.MIB);
          });
    } catch (DeviceExistsException | OutOfDataSpaceException e) {
      life.model.requireDevices(life.pool());
      return;
    }
    throw new IllegalStateException("two devices of one name");
  }
}
