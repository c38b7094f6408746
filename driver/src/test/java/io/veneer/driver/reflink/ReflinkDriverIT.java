// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.reflink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.ImageFileSystem;
import io.veneer.driver.LayerTreeContract;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.Usage;
import io.veneer.driver.host.HostMounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReflinkDriverIT extends LayerTreeContract {
  private static final int FEW_BYTES = 256 << 10;

  @TempDir static Path scratch;

  private static ImageFileSystem fileSystem;

  @BeforeAll
  static void makeFileSystem() throws Exception {
    fileSystem = ImageFileSystem.make(scratch, "mkfs.xfs", "-q", "-m", "reflink=1");
  }

  @AfterAll
  static void closeFileSystem() throws IOException {
    if (fileSystem != null) {
      fileSystem.close();
    }
  }

  @AfterEach
  void unmount() throws IOException {
    driver().close();
    for (Path left : HostMounts.mountedUnder(folder)) {
      HostMounts.unmount(left);
    }
  }

  @Override
  protected StorageDriver open(Path folder) {
    try {
      fileSystem.putOn(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ReflinkDriver.open(folder);
  }

  @Override
  protected Path ownFiles(Path folder, String id, SnapshotKind kind) {
    return folder.resolve("dir").resolve(id);
  }

  @Override
  @Test
  protected void theFirstWriteCopiesTheWholeFileUp() {
    byte[] image = givenImage("base", 1);
    driver().prepare("a", "base", Map.of());
    overwrite("a", image, 0, piece(1));
    assertEquals(0, driver().copiedBytes(), "nothing is ever copied");
  }

  @Test
  void aLayerHoldsWhatWasWrittenToIt() {
    byte[] image = givenImage("base", 1);
    driver().prepare("a", "base", Map.of());
    Usage before = driver().usage("a");
    assertTrue(before.sizeBytes() < FEW_BYTES, before::toString);
    overwrite("a", image, 0, piece(1));
    long grown = driver().usage("a").sizeBytes() - before.sizeBytes();
    assertTrue(grown > 0 && grown <= FEW_BYTES, () -> "grown=" + grown);
    assertTrue(driver().usage("base").sizeBytes() >= CONTENT_BYTES);
  }

  @Test
  void aFileSystemThatCannotShareIsRefused() throws IOException {
    Path elsewhere = scratch.resolve("elsewhere");
    DriverException e =
        assertThrows(DriverException.class, () -> ReflinkDriver.open(elsewhere).close());
    assertEquals(Kind.FAILED_PRECONDITION, e.kind());
    assertTrue(e.getMessage().contains("fileSystem="), e.getMessage());
    try (var left = Files.list(elsewhere)) {
      assertFalse(left.findAny().isPresent(), "leaves nothing behind");
    }
  }
}
