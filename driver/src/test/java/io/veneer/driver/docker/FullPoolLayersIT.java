// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.engines.Programs;
import io.veneer.driver.owner.OwnedDriver;
import io.veneer.driver.thin.ThinDriver;
import io.veneer.driver.thin.VolumeOptions;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An archive that fills the pool, which Docker sends again when there is more space. */
class FullPoolLayersIT {
  private static final int MIB = 1 << 20;

  @TempDir Path scratch;

  @Test
  void anArchiveThatFilledThePoolCanComeAgain() throws Exception {
    Programs.require("mkfs.ext4");
    Path folder = scratch.resolve("pool");
    ThinPool.create(folder, PoolOptions.ofSize(32 * MIB));
    try (ThinPool pool = ThinPool.open(folder);
        Attachments attachments = Attachments.open(pool, folder);
        StorageDriver driver =
            ThinDriver.openMounted(
                pool, attachments, VolumeOptions.ext4(256L * MIB), folder.resolve("volumes"))) {
      DockerLayers layers = new DockerLayers(new OwnedDriver(driver, "docker"));
      layers.createForImage("layer", "", Map.of());
      DriverException failure =
          assertThrows(DriverException.class, () -> layers.applyDiff("layer", "", noise()));
      assertEquals(Kind.RESOURCE_EXHAUSTED, failure.kind(), failure::toString);
      pool.growData(128 * MIB);
      assertEquals(48 * MIB, layers.applyDiff("layer", "", noise()));
      assertEquals(SnapshotKind.COMMITTED, layers.require("layer").kind());
      assertEquals(List.of(), attachments.list());
    }
  }

  private static InputStream noise() {
    byte[] noise = new byte[48 * MIB];
    new Random(1).nextBytes(noise);
    for (int i = 0; i < noise.length; i++) {
      noise[i] &= 0x7f; // one byte each in UTF-8
    }
    return new ByteArrayInputStream(
        SmallTar.of("noise", new String(noise, StandardCharsets.US_ASCII)));
  }
}
