// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.archive.ArchiveBuilder;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.image.LayoutBuilder.Packing;
import io.veneer.driver.thin.ThinDriver;
import io.veneer.driver.thin.VolumeOptions;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.Requirement;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pool that is full in the middle of an import takes none of that layer. */
@Timeout(300)
class FullPoolImportIT {
  private static final long MIB = 1 << 20;

  @TempDir Path scratch;

  @Test
  void aLayerThatDoesNotFitLeavesNothing() throws Exception {
    requireRoot();
    byte[] noise = new byte[(int) (48 * MIB)];
    new Random(1).nextBytes(noise);
    LayoutBuilder layout = new LayoutBuilder();
    layout
        .image()
        .layer(Packing.PLAIN, new ArchiveBuilder().file("small", "fits"))
        .layer(Packing.PLAIN, new ArchiveBuilder().file("large", 0644, noise))
        .named("large");
    Path file = scratch.resolve("image.tar");
    Files.write(file, layout.layoutTar());
    Path folder = scratch.resolve("pool");
    ThinPool.create(folder, PoolOptions.ofSize(32 * MIB));
    try (ThinPool pool = ThinPool.open(folder);
        Attachments attachments = Attachments.open(pool, folder);
        StorageDriver driver =
            ThinDriver.openMounted(
                pool, attachments, VolumeOptions.ext4(256 * MIB), folder.resolve("volumes"));
        ImageArchive archive = ImageArchive.open(file, new Platform("linux", "amd64", ""))) {
      Images images = new Images(driver, Clock.systemUTC());
      ImageManifest image = archive.images().get(0);
      DriverException failure =
          assertThrows(
              DriverException.class,
              () -> images.importImage(archive, image, "large", ImportProgress.NONE));
      assertTrue(
          failure.kind() == Kind.RESOURCE_EXHAUSTED || failure.kind() == Kind.IO,
          failure::toString);
      assertEquals(List.of(), images.images());
      assertEquals(1, images.layers().size(), "the layer that fitted");
      assertEquals(1, images.removeUnused().size());
      assertEquals(List.of(), attachments.list());
    }
  }

  private static void requireRoot() throws Exception {
    boolean isRoot = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    Requirement.skipUnless(isRoot, "mounting needs root");
  }
}
