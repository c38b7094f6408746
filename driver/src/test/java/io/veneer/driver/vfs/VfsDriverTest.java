// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.veneer.driver.LayerTreeContract;
import io.veneer.driver.Mount;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.StorageDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VfsDriverTest extends LayerTreeContract {
  @Override
  protected StorageDriver open(Path folder) {
    return VfsDriver.open(folder);
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
    assertEquals(CONTENT_BYTES, driver().copiedBytes(), "vfs copies when a layer is made");
    overwrite("a", image, 0, piece(1));
    assertEquals(CONTENT_BYTES, driver().copiedBytes());
  }

  @Test
  void layersAreFullCopies() throws IOException {
    givenFile("base", "a/b", "1");
    List<Mount> mounts = driver().prepare("x", "base", Map.of());
    assertEquals("1", Files.readString(folder.resolve("dir/2/a/b")));
    assertFalse(Files.isSameFile(folder.resolve("dir/1/a/b"), folder.resolve("dir/2/a/b")));
    assertEquals(List.of(Mount.bind(folder.resolve("dir/2").toString(), false)), mounts);
  }

  @Test
  void aHalfMadeCopyIsRemovedOnOpening() throws IOException {
    givenFile("base", "a", "1");
    driver().close();
    Path half = Files.createDirectories(folder.resolve("dir/9.new/a"));
    openDriver();
    assertFalse(Files.exists(half));
  }
}
