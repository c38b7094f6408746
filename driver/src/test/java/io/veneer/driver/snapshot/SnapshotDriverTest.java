// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.OpenMode;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Who has the folder of a snapshot; what every driver keeps is in the contract. */
class SnapshotDriverTest {
  private final HeapStore store = new HeapStore();
  private final SnapshotDriver driver = new SnapshotDriver(store, Clock.systemUTC());

  @Test
  void nestedUsesShowASnapshotOnce() {
    givenActive("a");
    assertEquals(Path.of("/shown/a"), driver.get("a"));
    assertEquals(Path.of("/shown/a"), driver.get("a"));
    driver.put("a");
    assertEquals(List.of("show a"), store.calls);
    driver.put("a");
    assertEquals(List.of("show a", "hide a"), store.calls);
  }

  @Test
  void aPutNeedsAGet() {
    givenActive("a");
    assertFails(Kind.FAILED_PRECONDITION, () -> driver.put("a"));
    assertFails(Kind.NOT_FOUND, () -> driver.put("b"));
    assertFails(Kind.NOT_FOUND, () -> driver.get("b"));
  }

  @Test
  void aSnapshotInUseIsNeitherCommittedNorWrittenPastItsMount() {
    givenActive("a");
    driver.get("a");
    assertFails(Kind.FAILED_PRECONDITION, () -> driver.commit("n", "a", Map.of()));
    assertFails(Kind.FAILED_PRECONDITION, () -> driver.openFile("a", "x", OpenMode.WRITE));
    driver.put("a");
    driver.commit("n", "a", Map.of());
  }

  @Test
  void removalTakesTheFolderAwayAndForgivesThePutsThatFollow() {
    givenActive("a");
    driver.get("a");
    driver.get("a");
    driver.remove("a");
    assertEquals(List.of("show a", "hide a", "remove a"), store.calls);
    driver.put("a");
    driver.put("a");
    assertFails(Kind.NOT_FOUND, () -> driver.put("a"));
  }

  @Test
  void anOwedPutDoesNotHideANewSnapshotOfTheSameKey() {
    givenActive("a");
    driver.get("a");
    driver.remove("a");
    givenActive("a");
    driver.get("a");
    store.calls.clear();
    driver.put("a");
    assertEquals(List.of(), store.calls);
    driver.put("a");
    assertEquals(List.of("hide a"), store.calls);
  }

  @Test
  void closingHidesWhatIsInUse() {
    givenActive("a");
    driver.get("a");
    driver.close();
    assertEquals(List.of("show a", "hide a", "close"), store.calls);
    assertFails(Kind.FAILED_PRECONDITION, () -> driver.put("a"));
  }

  @Test
  void whatADriverCannotDoIsSaid() {
    givenActive("a");
    assertFails(Kind.FAILED_PRECONDITION, () -> driver.changes("a", ""));
    assertFails(Kind.FAILED_PRECONDITION, () -> driver.diffSize("a", ""));
    assertFails(
        Kind.FAILED_PRECONDITION,
        () -> driver.applyDiff("a", new ByteArrayInputStream(new byte[0])));
    assertFails(Kind.NOT_FOUND, () -> driver.changes("a", "nothing"));
    assertFails(Kind.NOT_FOUND, () -> driver.changes("nothing", ""));
  }

  private void givenActive(String key) {
    driver.prepare(key, "", Map.of());
  }

  private static void assertFails(Kind kind, Executable call) {
    assertEquals(kind, assertThrows(DriverException.class, call).kind());
  }
}
