// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceExistsException;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.QuotaExceededException;
import io.veneer.thinpool.file.CrashKind;
import io.veneer.thinpool.file.RecordingPoolFiles;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * A random life of a pool beside a {@link PoolModel}: every kind of request and operation, at any
 * 8-byte boundary, with reopenings and crashes on the way. Each answer is compared at once; at each
 * reopening the whole pool is, and its metadata is audited. What a step does depends on the seed
 * and its number only, as far as the devices allow, so that steps can be left out.
 */
final class ModelRun {
  private static final int MIB = 1 << 20;
  private static final int DEVICES_MAX = 7;
  private static final int SECTOR_BYTES = 512;

  /** A step; gets the name of a device, which is null while there is none. */
  private interface Action {
    void run(String name, Random random);
  }

  private final long seed;
  private final ModelOrigin origin;
  private final NavigableMap<Integer, Action> actions = new TreeMap<>();
  private final Map<String, BlockDevice> open = new HashMap<>();
  private final PoolModel model = new PoolModel();
  private final List<String> log = new ArrayList<>();
  private final int blockBytes;
  private RecordingPoolFiles files = RecordingPoolFiles.create();
  private ThinPool pool;
  private int weights;
  private int step;

  ModelRun(long seed, ModelOrigin origin) {
    this.seed = seed;
    this.origin = origin;
    Random settings = new Random(seed);
    this.blockBytes = 4096 << 2 * settings.nextInt(3);
    int dataMib = settings.nextInt(3) == 0 ? 4 : 64;
    ThinPool.create(
        files, PoolOptions.ofSize((long) dataMib * MIB).withBlockSize(blockBytes).withLowWater(0));
    addRequests();
    addOperations();
    addTurns();
  }

  private void add(int weight, Action action) {
    actions.put(weights, action);
    weights += weight;
  }

  private void addRequests() {
    add(26, this::write);
    add(9, this::discard);
    add(8, this::writeZeroes);
    add(6, this::flush);
    add(6, this::read);
    add(4, this::extents);
    add(4, this::changedSince);
  }

  private void addOperations() {
    add(4, (name, random) -> create(random));
    add(10, this::snapshot);
    add(6, (name, random) -> remove(name));
    add(3, (name, random) -> rename(name));
    add(4, this::resize);
    add(2, (name, random) -> attributes(name));
    add(1, (name, random) -> seal(name));
    add(2, this::quota);
    add(2, this::guarantee);
    add(4, (name, random) -> several(name));
    add(2, (name, random) -> refused(name));
  }

  private void addTurns() {
    add(4, (name, random) -> commit());
    add(5, (name, random) -> pool.tend());
    add(2, (name, random) -> awaitRemovals());
    add(1, this::holdOrRelease);
    add(3, (name, random) -> reopen());
    add(3, (name, random) -> crash(random));
  }

  /** What was done, a line a step. */
  List<String> log() {
    return log;
  }

  /** Lives; fails with an exception where the pool is not as the model. */
  void run(int steps, IntPredicate leftOut) {
    pool = ThinPool.open(files, false);
    for (step = 1; step <= steps; step++) {
      if (!leftOut.test(step)) {
        live(new Random(seed * 31 + step));
      }
    }
    reopen();
    model.devices.keySet().stream().toList().forEach(this::remove);
    awaitRemovals();
    requireEmpty();
    closeAll();
  }

  private void live(Random random) {
    List<String> names = List.copyOf(model.devices.keySet());
    Action action = actions.floorEntry(random.nextInt(weights)).getValue();
    if (names.isEmpty()) {
      create(random);
    } else {
      action.run(names.get(random.nextInt(names.size())), random);
    }
  }

  private void note(Object... words) {
    StringBuilder line = new StringBuilder().append(step).append(':');
    for (Object word : words) {
      line.append(' ').append(word);
    }
    log.add(line.toString());
  }

  private BlockDevice device(String name) {
    return open.computeIfAbsent(name, pool::openDevice);
  }

  private PoolModel.Device of(String name) {
    return model.devices.get(name);
  }

  // Requests.

  private int[] range(String name, Random random) {
    int words = of(name).words();
    int blockWords = blockBytes / Long.BYTES;
    int unit = new int[] {1, ModelContent.SECTOR_WORDS, blockWords}[random.nextInt(3)];
    int from = random.nextInt(words / unit) * unit;
    int most = random.nextInt(4) == 0 ? 40 * blockWords : 3 * Math.max(unit, 100);
    int length = unit * (1 + random.nextInt(Math.max(1, most / unit)));
    return new int[] {from, Math.min(words, from + length)};
  }

  private void write(String name, Random random) {
    int[] range = range(name, random);
    boolean fua = random.nextInt(6) == 0;
    long write = random.nextInt(12) == 0 ? 0 : step;
    note("write", name, range[0], range[1], write, fua ? "fua" : "");
    ByteBuffer bytes = ByteBuffer.allocate((range[1] - range[0]) * Long.BYTES);
    for (int word = range[0]; word < range[1]; word++) {
      bytes.putLong(write == 0 ? 0 : ModelContent.stamp(write, word));
    }
    change(
        name,
        range,
        write,
        () -> device(name).write((long) range[0] * Long.BYTES, bytes.flip(), fua));
    if (fua && !of(name).sealed()) {
      fuaDone(name, range, write);
    }
  }

  private boolean lastChangeFailed;

  /** Does a change, and the same to the model; what fails for space may be done in part. */
  private void change(String name, int[] range, long write, Runnable change) {
    lastChangeFailed = false;
    if (of(name).sealed()) {
      requireRefused(change);
      return;
    }
    try {
      change.run();
      of(name).content().write(range[0], range[1], write);
    } catch (OutOfDataSpaceException | QuotaExceededException e) {
      boolean promised = of(name).guaranteed() && e instanceof OutOfDataSpaceException;
      if (promised) {
        throw new IllegalStateException("write guarantee was broken: device=" + name, e);
      }
      lastChangeFailed = true;
      of(name).content().adoptHalf(range[0], range[1], write, PoolModel.contentOf(pool, name));
    }
  }

  private void fuaDone(String name, int[] range, long write) {
    if (!lastChangeFailed) {
      model.flushed(of(name).content(), range[0], range[1]);
    }
  }

  private static void requireRefused(Runnable change) {
    try {
      change.run();
    } catch (PoolException e) {
      return;
    }
    throw new IllegalStateException("was not refused");
  }

  private void discard(String name, Random random) {
    int[] range = range(name, random);
    note("discard", name, range[0], range[1]);
    change(name, range, 0, () -> device(name).discard(at(range), length(range)));
  }

  private void writeZeroes(String name, Random random) {
    int[] range = range(name, random);
    boolean mayUnmap = random.nextBoolean();
    boolean fua = random.nextInt(6) == 0;
    note("zero", name, range[0], range[1], mayUnmap ? "unmap" : "", fua ? "fua" : "");
    change(name, range, 0, () -> device(name).writeZeroes(at(range), length(range), mayUnmap, fua));
    if (fua && !of(name).sealed()) {
      fuaDone(name, range, 0);
    }
  }

  private static long at(int[] range) {
    return (long) range[0] * Long.BYTES;
  }

  private static long length(int[] range) {
    return (long) (range[1] - range[0]) * Long.BYTES;
  }

  private void flush(String name, Random random) {
    note("flush", name);
    device(name).flush();
    model.flushed(of(name).content());
  }

  private void read(String name, Random random) {
    int[] range = range(name, random);
    note("read", name, range[0], range[1]);
    ByteBuffer bytes = ByteBuffer.allocate((int) length(range));
    device(name).read(at(range), bytes);
    of(name).content().requireNow(range[0], bytes.flip());
  }

  private void extents(String name, Random random) {
    int[] range = range(name, random);
    note("extents", name, range[0], range[1]);
    long[] end = {at(range)};
    device(name)
        .extents(
            at(range),
            length(range),
            (offset, lengthBytes, kind) -> {
              require(offset == end[0] && lengthBytes > 0, "extents have a gap at " + end[0]);
              end[0] = offset + lengthBytes;
              int from = (int) (offset / Long.BYTES);
              int to = (int) (end[0] / Long.BYTES);
              ModelContent content = of(name).content();
              boolean right =
                  switch (kind) {
                    case DATA -> true;
                    case ZERO, HOLE -> content.isZero(from, to);
                    case EXTERNAL -> content.isSame(from, to, origin.words());
                  };
              require(right, kind + " is not what is there: offset=" + offset);
              return true;
            });
    require(end[0] == at(range) + length(range), "extents end at " + end[0]);
  }

  private void changedSince(String name, Random random) {
    List<String> names = List.copyOf(model.devices.keySet());
    String since = names.get(random.nextInt(names.size()));
    PoolModel.Device one = of(name);
    PoolModel.Device other = of(since);
    if (!one.externalOrigin().equals(other.externalOrigin())) {
      return;
    }
    note("difference", name, since);
    int[] at = {0};
    int end = Math.min(one.words(), other.words());
    pool.changedSince(
        name,
        since,
        (offset, lengthBytes, kind) -> {
          int from = (int) (offset / Long.BYTES);
          requireSame(one, other, at[0], Math.min(end, from));
          at[0] = from + (int) (lengthBytes / Long.BYTES);
          return true;
        });
    requireSame(one, other, at[0], end);
  }

  private static void requireSame(PoolModel.Device one, PoolModel.Device other, int from, int to) {
    boolean same = from >= to || one.content().isSame(from, to, other.content());
    require(same, "a difference was missed: words=" + from + ".." + to);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalStateException(message);
    }
  }

  // Operations.

  /** An operation that may find no space, and then has changed nothing. */
  private boolean tryOperation(Runnable operation) {
    try {
      operation.run();
      return true;
    } catch (OutOfDataSpaceException e) {
      log.add("   (no space)");
      return false;
    }
  }

  private void put(String name, PoolModel.Device device) {
    model.devices.put(name, device);
    model.changed();
  }

  private static long size(Random random) {
    return MIB + (long) random.nextInt(MIB / SECTOR_BYTES + 1) * SECTOR_BYTES;
  }

  private void create(Random random) {
    if (model.devices.size() >= DEVICES_MAX) {
      return;
    }
    String name = "d" + step;
    long size = size(random);
    boolean external = random.nextInt(3) == 0;
    note("create", name, size, external ? "external" : "");
    String path = external ? origin.path() : "";
    long[] content = external ? origin.words(size) : new long[0];
    Runnable create =
        () ->
            pool.transact(
                list ->
                    external ? list.createDevice(name, size, path) : list.createDevice(name, size));
    if (tryOperation(create)) {
      put(
          name,
          new PoolModel.Device(ModelContent.of(content), size, false, false, 0, path, Map.of()));
    }
  }

  private void snapshot(String name, Random random) {
    if (model.devices.size() < DEVICES_MAX) {
      note("snapshot", "s" + step, name);
      if (tryOperation(() -> pool.createSnapshot("s" + step, name))) {
        put("s" + step, of(name).snapshot());
      }
    }
  }

  private void remove(String name) {
    note("remove", name);
    if (open.containsKey(name)) {
      open.remove(name).close();
    }
    pool.removeDevice(name);
    model.devices.remove(name);
    model.changed();
  }

  private void rename(String name) {
    note("rename", name, "r" + step);
    pool.renameDevice(name, "r" + step);
    renamed(name, "r" + step);
    model.changed();
  }

  private void renamed(String name, String newName) {
    model.devices.put(newName, model.devices.remove(name));
    if (open.containsKey(name)) {
      open.put(newName, open.remove(name));
    }
  }

  private void resize(String name, Random random) {
    long size = size(random);
    note("resize", name, size);
    PoolModel.Device before = of(name);
    if (before.sealed()) {
      requireRefused(() -> pool.resizeDevice(name, size));
    } else if (size >= before.sizeBytes()) {
      grow(name, size, before);
    } else if (tryOperation(() -> pool.resizeDevice(name, size))) {
      before.content().write((int) (size / Long.BYTES), before.words(), 0);
      put(name, before.withSize(size));
    } else {
      require(!before.guaranteed(), "write guarantee was broken: device=" + name);
      model.devices.get(name).content().requireNow(0, PoolModel.contentOf(pool, name));
    }
  }

  /** What an external origin has behind the old size comes into sight. */
  private void grow(String name, long size, PoolModel.Device before) {
    if (before.externalOrigin().isEmpty() && tryOperation(() -> pool.resizeDevice(name, size))) {
      put(name, before.withSize(size));
    }
  }

  private void attributes(String name) {
    note("attributes", name);
    Map<String, String> changed = Map.of("step", "" + step, "kind", "k".repeat(step * 37 % 5000));
    pool.transact(
        list -> {
          list.setAttributes(name, changed);
          return null;
        });
    put(name, of(name).withAttributes(changed));
  }

  private void seal(String name) {
    note("seal", name);
    pool.transact(
        list -> {
          list.sealDevice(name);
          return null;
        });
    put(name, of(name).withSeal());
  }

  private void quota(String name, Random random) {
    long quota = random.nextBoolean() ? 0 : (long) blockBytes * (1 + random.nextInt(100));
    note("quota", name, quota);
    pool.transact(
        list -> {
          list.setQuota(name, quota);
          return null;
        });
    put(name, of(name).withQuota(quota));
  }

  private void guarantee(String name, Random random) {
    boolean on = random.nextInt(3) > 0;
    note("guarantee", name, on);
    Runnable set =
        () ->
            pool.transact(
                list -> {
                  list.setGuarantee(name, on);
                  return null;
                });
    if (of(name).sealed()) {
      requireRefused(set);
    } else if (tryOperation(set)) {
      put(name, of(name).withGuarantee(on));
    }
  }

  private void several(String name) {
    if (model.devices.size() + 1 >= DEVICES_MAX) {
      return;
    }
    note("several", name);
    String first = "a" + step;
    String second = "b" + step;
    String renamed = "n" + step;
    long next = model.transactionId + 1;
    Runnable transaction =
        () ->
            pool.transact(
                list -> {
                  list.createSnapshot(first, name);
                  list.createSnapshot(second, first);
                  list.renameDevice(name, renamed);
                  list.setAttributes(second, Map.of("of", name));
                  list.setTransactionId(next - 1, next);
                  return null;
                });
    if (tryOperation(transaction)) {
      model.devices.put(first, of(name).snapshot());
      model.devices.put(second, of(name).snapshot().withAttributes(Map.of("of", name)));
      renamed(name, renamed);
      model.transactionId = next;
      model.changed();
    }
  }

  private void refused(String name) {
    note("refused", name);
    try {
      pool.transact(
          list -> {
            list.renameDevice(name, "x" + step);
            list.setAttributes("x" + step, Map.of("lost", "yes"));
            list.removeDevice("x" + step);
            list.createDevice("y" + step, MIB);
            return list.createDevice("y" + step, MIB);
          });
    } catch (DeviceExistsException | OutOfDataSpaceException e) {
      return;
    }
    throw new IllegalStateException("two devices of one name");
  }

  // Turns.

  private void commit() {
    note("commit");
    pool.commit();
    model.durable();
  }

  private void awaitRemovals() {
    note("await removals");
    pool.awaitRemovals();
    model.durable();
  }

  private void holdOrRelease(String name, Random random) {
    note("hold or release");
    if (pool.status().heldMetadataRoot() != 0) {
      pool.releaseMetadataSnapshot();
    } else if (tryOperation(pool::reserveMetadataSnapshot)) {
      model.durable();
    }
  }

  private void closeAll() {
    open.values().forEach(BlockDevice::close);
    open.clear();
    pool.close();
  }

  private void reopen() {
    note("reopen");
    closeAll();
    audit();
    files = files.reopen();
    pool = ThinPool.open(files, false);
    model.durable();
    model.requireSame(pool);
  }

  private void audit() {
    List<String> findings = PoolAudit.of(files.reopenReadOnly());
    require(findings.isEmpty(), "audit: " + findings);
  }

  private void crash(Random random) {
    CrashKind kind = CrashKind.values()[random.nextInt(CrashKind.values().length)];
    note("crash", kind);
    open.clear();
    files = files.reopenAsCrashed(kind, random.nextLong());
    audit();
    pool = ThinPool.open(files, false);
    model.adopt(pool);
  }

  private void requireEmpty() {
    if (pool.status().heldMetadataRoot() != 0) {
      pool.releaseMetadataSnapshot();
      pool.awaitRemovals();
    }
    long data = pool.status().usedDataBytes() + pool.status().pendingDataBytes();
    long metadata = pool.status().usedMetadataBytes();
    require(data + metadata == 0, "something is left: data=" + data + " metadata=" + metadata);
  }
}
