// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.owner.OwnedDriver;
import io.veneer.driver.thin.ThinDriver;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Docker's layers in a pool that has no space for a new one. */
class FullPoolLayersTest {
  private static final Map<String, String> NONE = Map.of();
  private static final long MIB = 1 << 20;

  @TempDir Path folder;

  private ThinPool pool;
  private StorageDriver driver;
  private DockerLayers layers;

  @BeforeEach
  void open() {
    ThinPool.create(folder.resolve("pool"), PoolOptions.ofSize(8 * MIB));
    pool = ThinPool.open(folder.resolve("pool"));
    driver = ThinDriver.share(pool, MIB);
    layers = new DockerLayers(new OwnedDriver(driver, "docker"));
    layers.createForImage("below", "", NONE);
    layers.createForImage("layer", "below", NONE);
    fillThePool();
  }

  @AfterEach
  void close() {
    driver.close();
    pool.close();
  }

  private void fillThePool() {
    pool.createDevice("filler", 64 * MIB);
    byte[] noise = new byte[1 << 16];
    new Random(1).nextBytes(noise);
    try (BlockDevice device = pool.openDevice("filler")) {
      assertThrows(
          OutOfDataSpaceException.class,
          () -> {
            for (long offset = 0; offset < device.sizeBytes(); offset += noise.length) {
              device.write(offset, ByteBuffer.wrap(noise), false);
            }
          });
    }
  }

  /** Volumes without mounts take no archive, which is as good a failure as any. */
  private void failToFill(Kind kind) {
    assertKind(kind, () -> layers.applyDiff("layer", "", new ByteArrayInputStream(new byte[0])));
  }

  private static void assertKind(Kind kind, Executable call) {
    DriverException failure = assertThrows(DriverException.class, call);
    assertEquals(kind, failure.kind(), failure::toString);
  }

  @Test
  void aLayerThatCannotBeMadeAgainYetIsStillThere() {
    failToFill(Kind.FAILED_PRECONDITION);
    assertTrue(layers.exists("layer"));
    failToFill(Kind.RESOURCE_EXHAUSTED);
    assertKind(Kind.ALREADY_EXISTS, () -> layers.createForImage("layer", "below", NONE));
    pool.growData(16 * MIB);
    failToFill(Kind.FAILED_PRECONDITION);
    assertEquals("below", layers.require("layer").parent());
    assertEquals(SnapshotKind.ACTIVE, layers.require("layer").kind());
  }

  @Test
  void aLayerThatIsOwedCanBeRemoved() {
    failToFill(Kind.FAILED_PRECONDITION);
    layers.remove("layer");
    assertFalse(layers.exists("layer"));
    layers.remove("below");
    assertFalse(layers.exists("below"));
  }

  /** What is owed is in memory; who asks after a restart is told that it is not there. */
  @Test
  void aServerThatStartsAgainSaysThatTheLayerIsNotThere() {
    failToFill(Kind.FAILED_PRECONDITION);
    layers = new DockerLayers(new OwnedDriver(driver, "docker"));
    assertFalse(layers.exists("layer"));
    assertKind(Kind.NOT_FOUND, () -> layers.require("layer"));
    failToFill(Kind.NOT_FOUND);
    layers.remove("layer");
    pool.growData(16 * MIB);
    layers.createForImage("layer", "below", NONE);
    assertEquals("below", layers.require("layer").parent());
  }

  @Test
  void anotherDaemonIsOwedNothing() {
    failToFill(Kind.FAILED_PRECONDITION);
    layers.removeUnfilled();
    assertFalse(layers.exists("layer"));
    assertTrue(layers.exists("below"));
  }
}
