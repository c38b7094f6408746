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
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
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
  void whatCannotBeMountedWasNotMade() {
    givenActive("a");
    driver.commit("base", "a", Map.of());
    store.mountsFail = true;
    assertFails(Kind.IO, () -> driver.prepare("b", "base", Map.of()));
    assertFails(Kind.IO, () -> driver.view("b", "base", Map.of()));
    assertFails(Kind.NOT_FOUND, () -> driver.stat("b"));
    driver.create("b", "base", Map.of());
    assertEquals("base", driver.stat("b").parent());
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
  void aChainIsRemovedTopmostFirstWithTheFoldersOfThoseThatAreInUse() {
    givenActive("x");
    driver.commit("base", "x", Map.of());
    driver.prepare("a", "base", Map.of());
    driver.get("a");
    store.calls.clear();
    assertEquals(List.of("a", "base"), driver.removeChain("a", info -> true));
    assertEquals(List.of("hide a", "remove a", "remove base"), store.calls);
    driver.put("a");
    assertFails(Kind.NOT_FOUND, () -> driver.put("a"));
  }

  @Test
  void aChainThatLostItsTestWhileItWaitedStays() throws Exception {
    givenActive("x");
    driver.commit("base", "x", Map.of());
    driver.commit("top", keyOn("base"), Map.of());
    Semaphore looked = new Semaphore(0);
    Semaphore named = new Semaphore(0);
    AtomicBoolean base = new AtomicBoolean(true);
    AtomicReference<List<String>> removed = new AtomicReference<>();
    Thread remover =
        new Thread(
            () ->
                removed.set(
                    driver.removeChain(
                        "top",
                        info -> {
                          boolean goes = !info.key().equals("base") || base.get();
                          if (info.key().equals("base") && looked.availablePermits() == 0) {
                            looked.release();
                            named.acquireUninterruptibly();
                          }
                          return goes;
                        })));
    remover.start();
    looked.acquire();
    looked.release();
    base.set(false);
    named.release();
    remover.join();
    assertEquals(List.of("top"), removed.get());
    assertEquals("base", driver.stat("base").key());
  }

  private String keyOn(String parent) {
    driver.prepare("on-" + parent, parent, Map.of());
    return "on-" + parent;
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
