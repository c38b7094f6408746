// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.PoolIoException;
import io.veneer.thinpool.PoolOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data file that ends before the pool's high-water mark: harmless where nothing in use is
 * missing, as after writes that a full disk refused, and damage where something is.
 */
class ShortDataFileTest {
  private static final int BLOCK = 64 * 1024;
  private static final int KEPT_BLOCKS = 5;
  private static final int FREED_BLOCKS = 5;

  @TempDir private Path folder;
  private final ByteBuffer kept = ByteBuffer.allocate(KEPT_BLOCKS * BLOCK);

  @BeforeEach
  void givenFreeBlocksBehindUsedOnes() {
    new Random(1).nextBytes(kept.array());
    ThinPool.create(pool(), PoolOptions.ofSize(1L << 30));
    try (ThinPool pool = ThinPool.open(pool())) {
      pool.createDevice("kept", 1 << 20);
      pool.createDevice("freed", 1 << 20);
      write(pool, "kept", kept.duplicate());
      write(pool, "freed", kept.slice(0, FREED_BLOCKS * BLOCK));
      pool.removeDevice("freed");
      pool.awaitRemovals();
    }
  }

  @Test
  void opensWhenOnlyFreeBlocksAreMissing() throws IOException {
    cutOff(KEPT_BLOCKS * BLOCK + 4096);
    try (ThinPool pool = ThinPool.open(pool())) {
      assertEquals(kept, read(pool, "kept"));
      pool.createDevice("again", 1 << 20);
      write(pool, "again", kept.duplicate());
    }
    try (ThinPool pool = ThinPool.openReadOnly(pool())) {
      assertEquals(kept, read(pool, "kept"));
      assertEquals(kept, read(pool, "again"));
    }
  }

  @Test
  void refusesToOpenWhenABlockInUseIsCut() throws IOException {
    cutOff(KEPT_BLOCKS * BLOCK - 1);
    CorruptMetadataException e =
        assertThrows(CorruptMetadataException.class, () -> ThinPool.open(pool()));
    assertTrue(e.getMessage().contains("data file is shorter than its pool"), e.getMessage());
  }

  @Test
  void whatIsWholeCanBeReadWhenABlockInUseIsCut() throws IOException {
    cutOff(KEPT_BLOCKS * BLOCK - 1);
    try (ThinPool pool = ThinPool.openReadOnly(pool());
        BlockDevice device = pool.openDeviceReadOnly("kept")) {
      ByteBuffer whole = ByteBuffer.allocate((KEPT_BLOCKS - 1) * BLOCK);
      device.read(0, whole);
      assertEquals(kept.slice(0, whole.capacity()), whole.flip());
      ByteBuffer last = ByteBuffer.allocate(BLOCK);
      long lastOffset = (KEPT_BLOCKS - 1L) * BLOCK;
      PoolIoException e = assertThrows(PoolIoException.class, () -> device.read(lastOffset, last));
      assertTrue(e.getMessage().contains("cut off"), e.getMessage());
    }
  }

  private Path pool() {
    return folder.resolve("pool");
  }

  private void cutOff(long lengthBytes) throws IOException {
    try (FileChannel data = FileChannel.open(pool().resolve("data"), StandardOpenOption.WRITE)) {
      data.truncate(lengthBytes);
    }
  }

  private static void write(ThinPool pool, String name, ByteBuffer bytes) {
    try (BlockDevice device = pool.openDevice(name)) {
      device.write(0, bytes, false);
      device.flush();
    }
  }

  private static ByteBuffer read(ThinPool pool, String name) {
    ByteBuffer bytes = ByteBuffer.allocate(KEPT_BLOCKS * BLOCK);
    try (BlockDevice device = pool.openDeviceReadOnly(name)) {
      device.read(0, bytes);
    }
    return bytes.flip();
  }
}
