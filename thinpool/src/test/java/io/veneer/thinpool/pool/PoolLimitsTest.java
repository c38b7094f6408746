// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.MIB;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.PoolStatus;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The smallest and largest pools, blocks and devices, on real files. */
class PoolLimitsTest {
  private static final long TIB = 1L << 40;
  private static final PoolOptions SMALL = PoolOptions.ofSize(MIB);

  @TempDir Path folder;

  private Path path() {
    return folder.resolve("pool");
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16, 32, 64, 128, 256, 512, 1024})
  void writesAtTheVeryEndOfTheLargestDevice(int blockKib) {
    long dataBytes = Math.min(64 * TIB, (long) blockKib << 42);
    ThinPool.create(path(), PoolOptions.ofSize(dataBytes).withBlockSize(blockKib << 10));
    byte[] end = {1, 2, 3, 4, 5};
    try (ThinPool pool = ThinPool.open(path())) {
      pool.createDevice("disk", 16 * TIB);
      pool.createSnapshot("before", "disk");
      try (BlockDevice disk = pool.openDevice("disk")) {
        disk.write(16 * TIB - 5, ByteBuffer.wrap(end), true);
        disk.write(0, ByteBuffer.wrap(end), false);
      }
    }
    try (ThinPool pool = ThinPool.open(path())) {
      assertEquals(dataBytes, pool.status().totalDataBytes());
      assertArrayEquals(end, read(pool, "disk", 16 * TIB - 5));
      assertArrayEquals(end, read(pool, "disk", 0));
      assertArrayEquals(new byte[5], read(pool, "before", 16 * TIB - 5));
      assertEquals(2L * (blockKib << 10), pool.device("disk").mappedBytes());
      assertEquals(16 * TIB, pool.usage("disk").highestMappedOffset());
    }
  }

  private static byte[] read(ThinPool pool, String name, long offset) {
    byte[] bytes = new byte[5];
    try (BlockDevice device = pool.openDevice(name)) {
      device.read(offset, ByteBuffer.wrap(bytes));
    }
    return bytes;
  }

  @Test
  void smallestPoolAndDevice() {
    ThinPool.create(path(), SMALL.withBlockSize(1 << 20).withMetadata(2 * MIB));
    try (ThinPool pool = ThinPool.open(path())) {
      pool.createDevice("disk", MIB);
      try (BlockDevice disk = pool.openDevice("disk")) {
        disk.write(1, ByteBuffer.wrap(new byte[] {7}), true);
      }
      assertEquals(MIB, pool.status().usedDataBytes());
    }
  }

  @Test
  void deviceSizesOutsideTheLimitsAreRefused() {
    ThinPool.create(path(), SMALL);
    try (ThinPool pool = ThinPool.open(path())) {
      for (long size :
          new long[] {Long.MIN_VALUE, -1, 0, 1, MIB - 1, 16 * TIB + 1, Long.MAX_VALUE}) {
        PoolException refused =
            assertThrows(PoolException.class, () -> pool.createDevice("disk", size));
        assertTrue(refused.getMessage().contains("size=" + size), refused.getMessage());
        assertEquals(PoolException.Severity.REQUEST, refused.severity());
      }
      pool.createDevice("disk", MIB + 1);
      assertEquals(MIB + 512, pool.device("disk").sizeBytes());
      assertThrows(PoolException.class, () -> pool.resizeDevice("disk", 16 * TIB + 1));
      assertThrows(PoolException.class, () -> pool.resizeDevice("disk", MIB - 1));
      pool.resizeDevice("disk", 16 * TIB);
    }
  }

  private void refuses(PoolOptions options) {
    PoolException refused =
        assertThrows(PoolException.class, () -> ThinPool.create(path(), options));
    assertEquals(PoolException.Severity.REQUEST, refused.severity(), refused.getMessage());
    assertFalse(Files.exists(path()), "nothing is left of " + options);
  }

  @Test
  void optionsOutsideTheLimitsAreRefusedAndNothingIsMade() {
    refuses(SMALL.withBlockSize(2048));
    refuses(SMALL.withBlockSize(2 << 20));
    refuses(SMALL.withBlockSize(5000));
    refuses(SMALL.withBlockSize(0));
    refuses(SMALL.withBlockSize(-4096));
    refuses(PoolOptions.ofSize(0));
    refuses(PoolOptions.ofSize(-1));
    refuses(PoolOptions.ofSize(64 * TIB + 1));
    refuses(PoolOptions.ofSize(Long.MAX_VALUE));
    refuses(PoolOptions.ofSize(16 * TIB + 1).withBlockSize(4096));
    refuses(SMALL.withMetadata(1));
    refuses(SMALL.withMetadata(-1));
    refuses(SMALL.withMetadata(TIB + 4096));
    refuses(PoolOptions.ofSize(4 * MIB).withDataLimit(MIB));
    refuses(SMALL.withDataLimit(-1));
    refuses(SMALL.withDataLimit(65 * TIB));
    refuses(SMALL.withLowWater(-1));
    refuses(SMALL.withNoSpace(NoSpacePolicy.QUEUE, -1));
  }

  @Test
  void sizesOutsideTheLimitsAreRefusedWhenGrowing() {
    ThinPool.create(path(), PoolOptions.ofSize(4 * MIB).withMetadata(4 * MIB));
    try (ThinPool pool = ThinPool.open(path())) {
      for (long size : new long[] {-1, 0, 2 * MIB, 64 * TIB + 1, Long.MAX_VALUE}) {
        assertThrows(PoolException.class, () -> pool.growData(size), "data " + size);
      }
      for (long size : new long[] {-1, 0, 2 * MIB, TIB + 4096, Long.MAX_VALUE}) {
        assertThrows(PoolException.class, () -> pool.growMetadata(size), "metadata " + size);
      }
      pool.growData(4 * MIB);
      PoolStatus before = pool.status();
      assertThrows(PoolException.class, () -> pool.grow(8 * MIB, before.totalMetadataBytes() / 2));
      assertThrows(PoolException.class, () -> pool.grow(2 * MIB, 2 * TIB / 4));
      assertEquals(before, pool.status(), "both or none");
      pool.grow(8 * MIB, before.totalMetadataBytes() * 2);
      assertEquals(8 * MIB, pool.status().totalDataBytes());
      assertEquals(before.totalMetadataBytes() * 2, pool.status().totalMetadataBytes());
      pool.growData(64 * TIB);
      pool.growMetadata(TIB);
      assertEquals(64 * TIB, pool.status().totalDataBytes());
      assertEquals(TIB, pool.status().totalMetadataBytes());
    }
  }

  @Test
  void largePoolTakesLittleOfTheHost() {
    ThinPool.create(path(), PoolOptions.ofSize(64 * TIB));
    try (ThinPool pool = ThinPool.open(path())) {
      for (int i = 0; i < 100; i++) {
        pool.createDevice("disk" + i, 16 * TIB);
      }
      pool.commit();
      assertEquals(0, pool.status().hostDataBytes());
      assertTrue(pool.status().usedMetadataBytes() < MIB);
    }
  }
}
