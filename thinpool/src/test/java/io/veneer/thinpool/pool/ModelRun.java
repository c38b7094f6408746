// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.DeviceSetUsage;
import io.veneer.thinpool.PoolStatus;
import io.veneer.thinpool.file.CrashKind;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * A random life of a pool beside a {@link PoolModel}: every kind of request and operation, with
 * reopenings and crashes on the way. Each answer is compared at once; at each reopening the whole
 * pool is, and its metadata is audited. What a step does depends on the seed and its number only,
 * as far as the devices allow, so that steps can be left out.
 */
final class ModelRun {
  /** A step; gets the name of a device. */
  private interface Action {
    void run(String name, Random random);
  }

  private final long seed;
  private final NavigableMap<Integer, Action> actions = new TreeMap<>();
  private final ModelLife life;
  private final ModelRequests requests;
  private final ModelOperations operations;
  private int weights;

  ModelRun(long seed, ModelOrigin origin) {
    this.seed = seed;
    this.life = new ModelLife(new Random(seed));
    this.requests = new ModelRequests(life, origin);
    this.operations = new ModelOperations(life, origin);
    addRequests();
    addOperations();
    addTurns();
  }

  private void add(int weight, Action action) {
    actions.put(weights, action);
    weights += weight;
  }

  private void addRequests() {
    add(26, requests::write);
    add(9, requests::discard);
    add(8, requests::writeZeroes);
    add(6, (name, random) -> requests.flush(name));
    add(6, requests::read);
    add(4, requests::extents);
    add(4, requests::changedSince);
  }

  private void addOperations() {
    add(4, (name, random) -> operations.create(random));
    add(10, (name, random) -> operations.snapshot(name));
    add(6, (name, random) -> operations.remove(name));
    add(3, (name, random) -> operations.rename(name));
    add(4, operations::resize);
    add(2, (name, random) -> operations.attributes(name));
    add(1, (name, random) -> operations.seal(name));
    add(2, operations::quota);
    add(2, operations::guarantee);
    add(4, (name, random) -> operations.several(name));
    add(2, (name, random) -> operations.refused(name));
  }

  private void addTurns() {
    add(4, (name, random) -> commit());
    add(5, (name, random) -> tend());
    add(2, (name, random) -> awaitRemovals());
    add(1, (name, random) -> holdOrRelease());
    add(3, (name, random) -> life.reopen());
    add(3, (name, random) -> crash(random));
  }

  /** What was done, a line a step. */
  List<String> log() {
    return life.log();
  }

  /** Lives; fails with an exception where the pool is not as the model. */
  void run(int steps, IntPredicate leftOut) {
    for (int step = 1; step <= steps; step++) {
      life.step(step);
      if (!leftOut.test(step)) {
        live(new Random(seed * 31 + step));
      }
    }
    life.reopen();
    List.copyOf(life.model.devices.keySet()).forEach(operations::remove);
    requireNothingLeft();
    life.close();
  }

  private void live(Random random) {
    List<String> names = List.copyOf(life.model.devices.keySet());
    Action action = actions.floorEntry(random.nextInt(weights)).getValue();
    if (names.isEmpty()) {
      operations.create(random);
    } else {
      action.run(names.get(random.nextInt(names.size())), random);
    }
  }

  private void commit() {
    life.note("commit");
    life.pool().commit();
    life.model.durable();
  }

  private void tend() {
    life.note("tend");
    life.pool().tend();
  }

  private void awaitRemovals() {
    life.note("await removals");
    life.pool().awaitRemovals();
    life.model.durable();
    requireNobodyElseHoldsData();
  }

  /** With nothing to be removed or held, the devices hold all that is used. */
  private void requireNobodyElseHoldsData() {
    PoolStatus status = life.pool().status();
    if (status.heldMetadataRoot() == 0) {
      DeviceSetUsage usage = life.pool().usage(life.model.devices.keySet());
      ModelLife.require(
          usage.mappedBytes() == status.usedDataBytes()
              && usage.exclusiveBytes() == status.usedDataBytes(),
          "devices do not hold what is used: " + usage + " used=" + status.usedDataBytes());
    }
  }

  private void holdOrRelease() {
    life.note("hold or release");
    if (life.pool().status().heldMetadataRoot() != 0) {
      life.pool().releaseMetadataSnapshot();
    } else if (life.tryOperation(life.pool()::reserveMetadataSnapshot)) {
      life.model.durable();
    }
  }

  private void crash(Random random) {
    CrashKind[] kinds = CrashKind.values();
    life.crash(kinds[random.nextInt(kinds.length)], random.nextLong());
  }

  private void requireNothingLeft() {
    if (life.pool().status().heldMetadataRoot() != 0) {
      life.pool().releaseMetadataSnapshot();
    }
    life.pool().awaitRemovals();
    PoolStatus status = life.pool().status();
    long data = status.usedDataBytes() + status.pendingDataBytes() + status.reservedDataBytes();
    long metadata = status.usedMetadataBytes();
    ModelLife.require(
        data + metadata == 0, "something is left: data=" + data + " metadata=" + metadata);
  }
}
