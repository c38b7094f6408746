// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.QuotaExceededException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/** Random requests to one device of a {@link ModelLife}, at any 8-byte boundary. */
final class ModelRequests {
  private static final int UNCHANGED = -1;

  /** Words from a first to before an end. */
  private record Range(int from, int to) {
    long offset() {
      return (long) from * Long.BYTES;
    }

    long lengthBytes() {
      return (long) (to - from) * Long.BYTES;
    }
  }

  private final ModelLife life;
  private final ModelOrigin origin;

  ModelRequests(ModelLife life, ModelOrigin origin) {
    this.life = life;
    this.origin = origin;
  }

  private Range range(String name, Random random) {
    int words = life.of(name).words();
    int blockWords = life.blockBytes / Long.BYTES;
    int unit = new int[] {1, ModelContent.SECTOR_WORDS, blockWords}[random.nextInt(3)];
    int from = random.nextInt(words / unit) * unit;
    int most = random.nextInt(4) == 0 ? 40 * blockWords : 3 * Math.max(unit, 100);
    int length = unit * (1 + random.nextInt(Math.max(1, most / unit)));
    return new Range(from, Math.min(words, from + length));
  }

  /** New bytes, or now and then zeroes, or what is there already. */
  void write(String name, Random random) {
    Range range = range(name, random);
    boolean fua = random.nextInt(6) == 0;
    int kind = random.nextInt(12);
    int write = kind == 0 ? 0 : kind == 1 ? UNCHANGED : life.step();
    life.note("write", name, range, write, fua ? "fua" : "");
    ByteBuffer bytes = ByteBuffer.allocate((int) range.lengthBytes());
    for (int word = range.from(); word < range.to(); word++) {
      bytes.putLong(wanted(name, write, word));
    }
    Runnable change = () -> life.device(name).write(range.offset(), bytes.flip(), fua);
    changed(change(name, range, write, change), name, range, fua);
  }

  private long wanted(String name, int write, int word) {
    return write == UNCHANGED
        ? life.of(name).content().word(word)
        : ModelContent.stamp(write, word);
  }

  void discard(String name, Random random) {
    Range range = range(name, random);
    life.note("discard", name, range);
    Runnable change = () -> life.device(name).discard(range.offset(), range.lengthBytes());
    boolean done = change(name, range, 0, change);
    ModelLife.require(
        done || life.of(name).sealed() || !isWholeBlocks(range),
        "a discard of whole blocks failed for space: device=" + name);
  }

  private boolean isWholeBlocks(Range range) {
    return (range.offset() | range.lengthBytes()) % life.blockBytes == 0;
  }

  void writeZeroes(String name, Random random) {
    Range range = range(name, random);
    boolean unmap = random.nextBoolean();
    boolean fua = random.nextInt(6) == 0;
    life.note("zero", name, range, unmap ? "unmap" : "", fua ? "fua" : "");
    Runnable change =
        () -> life.device(name).writeZeroes(range.offset(), range.lengthBytes(), unmap, fua);
    changed(change(name, range, 0, change), name, range, fua);
  }

  private void changed(boolean done, String name, Range range, boolean fua) {
    if (done && fua) {
      life.model.flushed(life.of(name).content(), range.from(), range.to());
    }
  }

  /**
   * Does a change, and the same to the model; what fails for space may be done in part.
   *
   * @return whether it was done wholly
   */
  private boolean change(String name, Range range, int write, Runnable change) {
    PoolModel.Device device = life.of(name);
    if (device.sealed()) {
      ModelLife.requireRefused(change);
      return false;
    }
    long ownBytes = life.pool().device(name).ownBytes();
    try {
      change.run();
      changeModel(device.content(), range, write);
      requireQuota(name, ownBytes);
      return true;
    } catch (QuotaExceededException e) {
      ModelLife.require(device.quotaBytes() > 0, "no quota was set: device=" + name);
    } catch (OutOfDataSpaceException e) {
      life.requireSmall(e);
      ModelLife.require(!device.guaranteed(), "write guarantee was broken: device=" + name);
    }
    life.note("(in part)");
    requireQuota(name, ownBytes);
    adoptHalf(name, range, write);
    return false;
  }

  private static void changeModel(ModelContent content, Range range, int write) {
    if (write != UNCHANGED) {
      content.write(range.from(), range.to(), write);
    }
  }

  private void adoptHalf(String name, Range range, int write) {
    ByteBuffer found = PoolModel.contentOf(life.pool(), name);
    if (write != UNCHANGED) {
      life.of(name).content().adoptHalf(range.from(), range.to(), write, found);
    }
    life.of(name).content().requireNow(0, found);
  }

  /** A change never goes beyond the quota, and a device beyond it does not grow. */
  private void requireQuota(String name, long ownBytesBefore) {
    long quota = life.of(name).quotaBytes();
    long own = life.pool().device(name).ownBytes();
    ModelLife.require(
        quota == 0 || own <= Math.max(quota, ownBytesBefore),
        "quota was not kept: device=" + name + " own_bytes=" + own + " quota_bytes=" + quota);
  }

  void flush(String name) {
    life.note("flush", name);
    life.device(name).flush();
    life.model.flushed(life.of(name).content());
  }

  void read(String name, Random random) {
    Range range = range(name, random);
    life.note("read", name, range);
    ByteBuffer bytes = ByteBuffer.allocate((int) range.lengthBytes());
    life.device(name).read(range.offset(), bytes);
    life.of(name).content().requireNow(range.from(), bytes.flip());
  }

  void extents(String name, Random random) {
    Range range = range(name, random);
    life.note("extents", name, range);
    long end = range.offset() + range.lengthBytes();
    ModelContent content = life.of(name).content();
    long[] at = {range.offset()};
    life.device(name)
        .extents(
            range.offset(),
            range.lengthBytes(),
            (offset, lengthBytes, kind) -> {
              ModelLife.require(offset == at[0] && lengthBytes > 0, "a gap before " + offset);
              at[0] = offset + lengthBytes;
              int from = (int) (offset / Long.BYTES);
              int to = (int) (at[0] / Long.BYTES);
              boolean right =
                  switch (kind) {
                    case DATA -> true;
                    case ZERO, HOLE -> content.isZero(from, to);
                    case EXTERNAL -> content.isSame(from, to, origin.words());
                  };
              ModelLife.require(right, kind + " is not what is there: offset=" + offset);
              return true;
            });
    ModelLife.require(at[0] == end, "extents end at " + at[0] + " of " + end);
  }

  /** What is not told as changed is the same. */
  void changedSince(String name, Random random) {
    List<String> names = List.copyOf(life.model.devices.keySet());
    String since = names.get(random.nextInt(names.size()));
    PoolModel.Device one = life.of(name);
    PoolModel.Device other = life.of(since);
    if (!one.externalOrigin().equals(other.externalOrigin())) {
      return;
    }
    life.note("difference", name, since);
    int[] at = {0};
    int end = Math.min(one.words(), other.words());
    life.pool()
        .changedSince(
            name,
            since,
            (offset, lengthBytes, kind) -> {
              int from = (int) (offset / Long.BYTES);
              ModelLife.require(
                  from >= at[0] && lengthBytes > 0, "not ascending: offset=" + offset);
              requireSame(one, other, at[0], Math.min(end, from));
              at[0] = from + (int) (lengthBytes / Long.BYTES);
              return true;
            });
    requireSame(one, other, at[0], end);
    ModelLife.require(
        !name.equals(since) || at[0] == 0, "a device differs from itself: device=" + name);
  }

  private static void requireSame(PoolModel.Device one, PoolModel.Device other, int from, int to) {
    boolean same = from >= to || one.content().isSame(from, to, other.content());
    ModelLife.require(same, "a difference was missed: words=" + from + ".." + to);
  }
}
