// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.owner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.StorageDriverContract;
import io.veneer.driver.vfs.VfsDriver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An owner's part is a driver like any other, and knows nothing of its neighbours. */
class OwnedDriverTest extends StorageDriverContract {
  private static final Map<String, String> NONE = Map.of();

  private StorageDriver below;
  private StorageDriver mine;
  private StorageDriver others;

  @Override
  protected StorageDriver open(Path folder) {
    closeBelow();
    below = VfsDriver.open(folder);
    mine = new OwnedDriver(below, "mine");
    others = new OwnedDriver(below, "others");
    return mine;
  }

  @AfterEach
  void closeBelow() {
    if (below != null) {
      below.close();
    }
  }

  private static List<SnapshotInfo> all(StorageDriver driver, String... filters) {
    List<SnapshotInfo> infos = new ArrayList<>();
    driver.walk(infos::add, filters);
    return infos;
  }

  @Test
  void theSameKeyIsADifferentSnapshotForEachOwner() {
    mine.prepare("a", "", Map.of("whose", "mine"));
    others.prepare("a", "", Map.of("whose", "others"));
    mine.remove("a");
    assertEquals("others", others.stat("a").labels().get("whose"));
    assertFails(Kind.NOT_FOUND, () -> mine.stat("a"));
  }

  @Test
  void whatOthersMadeIsNeitherShownNorAParentNorRemovable() {
    others.prepare("a", "", NONE);
    others.commit("base", "a", NONE);
    assertEquals(List.of(), all(mine));
    assertFails(Kind.NOT_FOUND, () -> mine.prepare("a", "base", NONE));
    assertFails(Kind.NOT_FOUND, () -> mine.remove("base"));
    assertFails(Kind.NOT_FOUND, () -> mine.view("a", "../others/base", NONE));
    assertEquals(1, all(others).size());
  }

  @Test
  void anOwnersNameThatBeginsLikeAnotherIsAnother() {
    StorageDriver longer = new OwnedDriver(below, "mine-too");
    longer.prepare("a", "", NONE);
    assertEquals(List.of(), all(mine));
  }

  @Test
  void keysOfFourKibibytesWithAnyCharacterAreKept() {
    String base = "default/7/" + "Ω\n/".repeat(1021) + "xx";
    String key = "default/8/" + "k".repeat(4086);
    mine.prepare("extract", "", NONE);
    mine.commit(base, "extract", Map.of("x", "1"));
    mine.prepare(key, base, NONE);
    assertEquals(base, mine.stat(key).parent());
    assertEquals(Map.of("x", "1"), mine.stat(base).labels());
    assertEquals(List.of(key), all(mine, "kind==active").stream().map(SnapshotInfo::key).toList());
    assertEquals(base, all(mine, "kind==active").get(0).parent());
    mine.update(mine.stat(base).withLabels(Map.of("y", "2"), mine.stat(base).updatedAt()));
    assertEquals(Map.of("y", "2"), mine.stat(base).labels());
    assertEquals(base, mine.stat(key).parent());
    assertFails(Kind.FAILED_PRECONDITION, () -> mine.remove(base));
    mine.remove(key);
    mine.remove(base);
    assertEquals(List.of(), all(mine));
  }

  @Override
  @Test
  protected void keysAreCheckedBeforeAnythingIsDone() {
    assertFails(Kind.INVALID_ARGUMENT, () -> mine.prepare("k".repeat(4097), "", NONE));
    assertFails(Kind.INVALID_ARGUMENT, () -> mine.prepare("", "", NONE));
  }

  @Test
  void ourLabelsAreNeitherShownNorTaken() {
    assertFails(
        Kind.INVALID_ARGUMENT, () -> mine.prepare("a", "", Map.of("io.veneer/key.00", "b")));
    mine.prepare("k".repeat(300), "", NONE);
    assertFails(
        Kind.INVALID_ARGUMENT,
        () -> mine.update(mine.stat("k".repeat(300)), "labels.io.veneer/key.00"));
    assertTrue(mine.stat("k".repeat(300)).labels().isEmpty());
  }

  @Test
  void namesOfOwnersHaveAForm() {
    for (String name : List.of("", "A", "a/b", "a#b", "a".repeat(64))) {
      assertFails(Kind.INVALID_ARGUMENT, () -> new OwnedDriver(below, name));
    }
  }
}
