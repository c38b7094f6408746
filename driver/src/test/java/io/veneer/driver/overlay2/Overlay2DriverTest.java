// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.overlay2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

class Overlay2DriverTest extends LayerTreeContract {
  @Override
  protected StorageDriver open(Path folder) {
    return Overlay2Driver.open(folder);
  }

  @Override
  protected Path ownFiles(Path folder, String id, SnapshotKind kind) {
    return folder.resolve(id).resolve("diff");
  }

  @Test
  void layersLieInFoldersThatTheKernelsOverlayfsCanMount() throws IOException {
    givenFile("base", "a", "1");
    driver().prepare("k", "base", Map.of());
    driver().commit("next", "k", Map.of());
    List<Mount> mounts = driver().prepare("x", "next", Map.of());
    String newest = Files.readString(folder.resolve("2/link"));
    String oldest = Files.readString(folder.resolve("1/link"));
    assertTrue(newest.matches("[A-Z2-7]{26}"), newest);
    assertEquals("l/" + newest + ":l/" + oldest, Files.readString(folder.resolve("3/lower")));
    assertEquals("1", Files.readString(folder.resolve("l").resolve(oldest).resolve("a")));
    assertEquals(1, mounts.size());
    assertEquals("overlay", mounts.get(0).type());
    assertEquals(
        List.of(
            "lowerdir=" + folder.resolve("l/" + newest) + ":" + folder.resolve("l/" + oldest),
            "upperdir=" + folder.resolve("3/diff"),
            "workdir=" + folder.resolve("3/work")),
        mounts.get(0).options().subList(0, 3));
    assertTrue(Files.isDirectory(folder.resolve("3/merged")));
  }

  @Test
  void lostLinksAndHalfMadeCopiesAreMendedOnOpening() throws IOException {
    givenFile("base", "a", "1");
    driver().prepare("x", "base", Map.of());
    driver().close();
    Path link = folder.resolve("l").resolve(Files.readString(folder.resolve("1/link")));
    Files.delete(link);
    Files.writeString(folder.resolve("2/lower"), "");
    Files.writeString(folder.resolve("2/work/#copyup.1"), "half");
    openDriver();
    assertTrue(Files.isDirectory(link));
    assertEquals("l/" + link.getFileName(), Files.readString(folder.resolve("2/lower")));
    assertFalse(Files.exists(folder.resolve("2/work/#copyup.1")));
    write("x", "a", "2");
    assertEquals("2", read("x", "a"));
  }
}
