// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.file.CrashKind;
import io.veneer.thinpool.file.MetadataFile;
import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.file.WatchedPoolFiles;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.PoolGeometry;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/**
 * A pool on files in memory, with blocks of 4 KiB and no background thread, so that only happens
 * what a test does. Closing it closes the pool, opens it again, and audits every reference count.
 */
final class PoolFixture implements AutoCloseable {
  static final int BLOCK = 4096;
  static final long MIB = 1L << 20;

  RecordingPoolFiles memory;
  WatchedPoolFiles files;
  ThinPool pool;
  private boolean audited = true;

  PoolFixture(PoolOptions options) {
    memory = RecordingPoolFiles.create();
    ThinPool.create(memory, options);
    open();
  }

  /** A pool of a size in blocks. */
  static PoolFixture ofBlocks(long blocks) {
    return new PoolFixture(options(blocks));
  }

  static PoolOptions options(long blocks) {
    return PoolOptions.ofSize(blocks * BLOCK).withBlockSize(BLOCK).withLowWater(0);
  }

  private void open() {
    files = new WatchedPoolFiles(memory);
    pool = ThinPool.open(files, false);
  }

  /** For tests that damage the pool. */
  PoolFixture withoutAudit() {
    audited = false;
    return this;
  }

  /** Flips a bit in every block of a kind and key that was ever written, near the begin. */
  void damage(BlockType type, long key) {
    long start = PoolGeometry.ofBlockSize(BLOCK).nodesStart();
    int found = 0;
    for (long block = start; block < start + 8192; block++) {
      ByteBuffer image = BlockHeaderFormat.newBlock();
      memory.metadata().read(block, image);
      if (image.getShort(BlockHeaderFormat.TYPE) == type.code()
          && image.getLong(BlockHeaderFormat.KEY) == key) {
        memory.flipMetadataBit(block * MetadataFile.BLOCK_BYTES + 100, 3);
        found++;
      }
    }
    assertTrue(found > 0, "no such block");
  }

  void reopen() {
    pool.close();
    memory = memory.reopen();
    open();
  }

  /** Goes on with what a crash at this moment leaves. */
  void crash(CrashKind kind) {
    memory = memory.reopenAsCrashed(kind, 1);
    open();
  }

  /** Lets go of the pool without closing it, as if the process were killed, and opens it again. */
  void kill() {
    crash(CrashKind.KILL);
  }

  BlockDevice device(String name) {
    return pool.openDevice(name);
  }

  void create(String name, long blocks) {
    pool.createDevice(name, blocks * BLOCK);
  }

  void write(String name, long block, byte[] bytes) {
    try (BlockDevice device = pool.openDevice(name)) {
      device.write(block * BLOCK, ByteBuffer.wrap(bytes), false);
    }
  }

  /** Writes whole blocks whose content tells a seed and the place. */
  void fill(String name, long block, int blocks, int seed) {
    try (BlockDevice device = pool.openDevice(name)) {
      for (int i = 0; i < blocks; i++) {
        ByteBuffer content = ByteBuffer.wrap(content(seed, block + i));
        device.write((block + i) * BLOCK, content, false);
      }
    }
  }

  void discard(String name, long block, long blocks) {
    try (BlockDevice device = pool.openDevice(name)) {
      device.discard(block * BLOCK, blocks * BLOCK);
    }
  }

  byte[] read(String name, long block, int blocks) {
    return readBytes(name, block * BLOCK, blocks * BLOCK);
  }

  byte[] readBytes(String name, long offset, int length) {
    byte[] bytes = new byte[length];
    try (BlockDevice device = pool.openDevice(name)) {
      device.read(offset, ByteBuffer.wrap(bytes));
    }
    return bytes;
  }

  void assertFilled(String name, long block, int blocks, int seed) {
    for (int i = 0; i < blocks; i++) {
      assertEquals(
          ByteBuffer.wrap(content(seed, block + i)),
          ByteBuffer.wrap(read(name, block + i, 1)),
          "block " + (block + i) + " of " + name);
    }
  }

  void assertZeroes(String name, long block, int blocks) {
    assertEquals(
        ByteBuffer.allocate(blocks * BLOCK), ByteBuffer.wrap(read(name, block, blocks)), name);
  }

  static byte[] content(int seed, long place) {
    byte[] bytes = new byte[BLOCK];
    new Random(seed * 1_000_003L + place).nextBytes(bytes);
    return bytes;
  }

  long usedBlocks() {
    return pool.status().usedDataBytes() / BLOCK;
  }

  long freeBlocks() {
    return pool.status().totalDataBytes() / BLOCK - usedBlocks();
  }

  long reservedBlocks() {
    return pool.status().reservedDataBytes() / BLOCK;
  }

  List<String> names() {
    return pool.devices().stream().map(device -> device.name()).toList();
  }

  /** What the last commit wrote is sound: every count is the number of references. */
  void audit() {
    assertEquals(List.of(), PoolAudit.of(memory.reopenReadOnly()));
  }

  @Override
  public void close() {
    memory.heal();
    pool.close();
    if (audited) {
      audit();
    }
  }
}
