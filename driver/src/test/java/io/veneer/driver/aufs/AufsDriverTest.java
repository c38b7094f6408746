// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.aufs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException;
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

class AufsDriverTest extends LayerTreeContract {
  @Override
  protected StorageDriver open(Path folder) {
    return AufsDriver.open(folder);
  }

  @Override
  protected Path ownFiles(Path folder, String id, SnapshotKind kind) {
    return folder.resolve("diff").resolve(id);
  }

  @Test
  void parentsAreListedNewestFirst() throws IOException {
    givenFile("base", "a", "1");
    driver().prepare("k", "base", Map.of());
    driver().commit("next", "k", Map.of());
    List<Mount> mounts = driver().prepare("x", "next", Map.of());
    assertEquals("", Files.readString(folder.resolve("layers/1")));
    assertEquals("2\n1\n", Files.readString(folder.resolve("layers/3")));
    assertTrue(Files.isDirectory(folder.resolve("mnt/3")));
    Path diff = folder.resolve("diff");
    assertEquals(
        "br=" + diff + "/3=rw:" + diff + "/2=ro+wh:" + diff + "/1=ro+wh",
        mounts.get(0).options().get(0));
  }

  @Test
  void halfMadeCopiesAreRemovedOnOpening() throws IOException {
    givenFile("base", "a", "1");
    driver().prepare("x", "base", Map.of());
    driver().close();
    Path half = Files.writeString(folder.resolve("diff/2/.wh..wh.orph/copyup.7"), "half");
    openDriver();
    assertFalse(Files.exists(half));
    assertEquals("1", read("x", "a"));
  }

  @Test
  void namesOfTheLayoutCannotBeFiles() {
    driver().prepare("x", "", Map.of());
    assertFails(DriverException.Kind.INVALID_ARGUMENT, () -> write("x", "a/.wh.b", "1"));
  }
}
