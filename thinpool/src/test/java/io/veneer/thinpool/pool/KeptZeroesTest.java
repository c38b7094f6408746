// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zeroes that are to keep their space have it, whatever the device shows there already. */
class KeptZeroesTest {
  private static final long MIB = 1L << 20;

  @TempDir private Path folder;
  private ThinPool pool;

  @BeforeEach
  void open() {
    ThinPool.create(folder.resolve("pool"), PoolOptions.ofSize(64 * MIB));
    pool = ThinPool.open(folder.resolve("pool"));
  }

  @AfterEach
  void close() {
    pool.close();
  }

  private void zero(String name) {
    try (BlockDevice device = pool.openDevice(name)) {
      device.writeZeroes(0, MIB, false, true);
    }
  }

  @Test
  void inHoles() {
    pool.createDevice("plain", MIB);
    zero("plain");
    assertEquals(MIB, pool.device("plain").mappedBytes());
  }

  @Test
  void overAnExternalOriginOfZeroes() throws IOException {
    Path origin = Files.write(folder.resolve("origin"), new byte[(int) MIB]);
    pool.transact(operations -> operations.createDevice("over", MIB, origin.toString()));
    zero("over");
    assertEquals(MIB, pool.device("over").mappedBytes());
  }

  @Test
  void inBlocksThatASnapshotShares() {
    pool.createDevice("origin", MIB);
    zero("origin");
    pool.createSnapshot("snapshot", "origin");
    zero("snapshot");
    assertEquals(MIB, pool.device("snapshot").mappedBytes());
    assertEquals(MIB, pool.device("snapshot").ownBytes());
  }
}
