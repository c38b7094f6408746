// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.host.HostNodes;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.Requirement;
import io.veneer.thinpool.pool.ThinPool;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a full pool did not take becomes no layer, though no program was told of it. */
@Timeout(300)
class LostWritesIT {
  private static final int MIB = 1 << 20;

  @TempDir Path scratch;

  @Test
  void aContainerThatLostWritesIsNotCommitted() throws Exception {
    Requirement.skipUnless(HostNodes.isRoot(), "mounting needs root");
    Path folder = scratch.resolve("pool");
    ThinPool.create(folder, PoolOptions.ofSize(32 * MIB));
    try (ThinPool pool = ThinPool.open(folder);
        Attachments attachments = Attachments.open(pool, folder);
        StorageDriver driver =
            ThinDriver.openMounted(
                pool, attachments, VolumeOptions.ext4(256 * MIB), folder.resolve("volumes"))) {
      driver.prepare("good", "", Map.of());
      Files.writeString(driver.get("good").resolve("small"), "fits");
      driver.put("good");
      driver.prepare("container", "", Map.of());
      writeWithoutForcing(driver.get("container").resolve("large"));
      putWhateverItSays(driver, "container");

      assertLost(() -> driver.commit("layer", "container", Map.of()));
      assertEquals(SnapshotKind.ACTIVE, driver.stat("container").kind(), "nothing half done");
      assertLost(() -> driver.changes("container", ""));
      assertLost(() -> driver.diff("container", "", new ByteArrayOutputStream()));
      driver.remove("container");
      driver.cleanup();
      driver.commit("layer", "good", Map.of());
      assertEquals(SnapshotKind.COMMITTED, driver.stat("layer").kind());
    }
  }

  /** The page cache takes it all. */
  private static void writeWithoutForcing(Path file) throws Exception {
    byte[] noise = new byte[48 * MIB];
    new Random(1).nextBytes(noise);
    Files.write(file, noise);
  }

  private static void putWhateverItSays(StorageDriver driver, String key) {
    try {
      driver.put(key);
    } catch (DriverException e) {
      System.out.println("unmounting said: " + e.getMessage());
    }
  }

  private static void assertLost(Runnable call) {
    assertEquals(Kind.DATA_LOSS, assertThrows(DriverException.class, call::run).kind());
  }
}
