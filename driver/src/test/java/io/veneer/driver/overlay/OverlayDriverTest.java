// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.LayerTreeContract;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverlayDriverTest extends LayerTreeContract {
  @Override
  protected StorageDriver open(Path folder) {
    return OverlayDriver.open(folder);
  }

  @Override
  protected Path ownFiles(Path folder, String id, SnapshotKind kind) {
    return folder.resolve(id).resolve(kind == SnapshotKind.COMMITTED ? "root" : "upper");
  }

  @Test
  void imagesAreFullTreesOfHardLinks() throws IOException {
    givenFile("base", "a", "1");
    driver().prepare("x", "base", Map.of());
    assertEquals("1", Files.readString(folder.resolve("2/lower-id")));
    assertTrue(Files.isDirectory(folder.resolve("2/work")));
    assertTrue(Files.isDirectory(folder.resolve("2/merged")));
    write("x", "b", "2");
    driver().commit("next", "x", Map.of());
    assertTrue(Files.isSameFile(folder.resolve("1/root/a"), folder.resolve("2/root/a")));
    assertFalse(Files.exists(folder.resolve("2/upper")));
    Usage usage = driver().usage("next");
    assertTrue(usage.inodes() < 4, "files of the parent are counted: " + usage);
  }

  @Test
  void aCommitThatACrashCutOffAfterItsRecordIsEnded() throws IOException {
    givenFile("base", "a", "1");
    driver().prepare("x", "base", Map.of());
    write("x", "a", "2");
    driver().commit("next", "x", Map.of());
    driver().close();
    Files.move(folder.resolve("2/root"), folder.resolve("2/tmproot"));
    Files.createDirectories(folder.resolve("2/upper"));
    openDriver();
    assertEquals("2", read("next", "a"));
    assertFalse(Files.exists(folder.resolve("2/upper")));
  }

  @Test
  void aCommitThatACrashCutOffBeforeItsRecordIsUndone() throws IOException {
    givenFile("base", "a", "1");
    driver().prepare("x", "base", Map.of());
    write("x", "a", "2");
    driver().close();
    Files.createDirectories(folder.resolve("2/tmproot"));
    openDriver();
    assertEquals(SnapshotKind.ACTIVE, driver().stat("x").kind());
    assertFalse(Files.exists(folder.resolve("2/tmproot")));
    assertEquals("2", read("x", "a"));
  }
}
