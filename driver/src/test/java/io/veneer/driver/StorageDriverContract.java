// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException.Kind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every storage driver must do, without mounts. The cases follow the areas of containerd's
 * suite: kinds and transitions, labels, walking, removal, views, content through layers.
 */
public abstract class StorageDriverContract {
  /** Size of the file or volume in the tests. */
  protected static final int CONTENT_BYTES = 4 << 20;

  private static final int PIECE_BYTES = 4096;
  private static final Map<String, String> NONE = Map.of();

  /** The driver's folder; each test has its own. */
  @TempDir protected Path folder;

  private StorageDriver driver;

  /** Opens the driver on a folder, empty or of an earlier opening; volumes have CONTENT_BYTES. */
  protected abstract StorageDriver open(Path folder);

  @BeforeEach
  protected void openDriver() {
    driver = open(folder);
  }

  @AfterEach
  void closeDriver() {
    driver.close();
  }

  @Test
  void prepareMakesAnActiveSnapshotThatCanBeMounted() {
    List<Mount> mounts = driver.prepare("a", "", Map.of("x", "1"));
    assertFalse(mounts.isEmpty());
    assertEquals(mounts, driver.mounts("a"));
    SnapshotInfo info = driver.stat("a");
    assertEquals("a", info.key());
    assertEquals("", info.parent());
    assertEquals(SnapshotKind.ACTIVE, info.kind());
    assertEquals(Map.of("x", "1"), info.labels());
    assertEquals(info.createdAt(), info.updatedAt());
  }

  @Test
  void viewMakesAReadOnlySnapshot() {
    givenCommitted("base", "");
    List<Mount> mounts = driver.view("v", "base", NONE);
    assertEquals(SnapshotKind.VIEW, driver.stat("v").kind());
    assertEquals("base", driver.stat("v").parent());
    assertTrue(mounts.stream().anyMatch(mount -> mount.options().contains("ro")), mounts::toString);
  }

  @Test
  void commitTurnsAKeyIntoAName() {
    driver.prepare("a", "", Map.of("old", "label"));
    Instant before = driver.stat("a").createdAt();
    driver.commit("base", "a", Map.of("new", "label"));
    assertFails(Kind.NOT_FOUND, () -> driver.stat("a"));
    SnapshotInfo info = driver.stat("base");
    assertEquals(SnapshotKind.COMMITTED, info.kind());
    assertEquals(Map.of("new", "label"), info.labels());
    assertFalse(info.createdAt().isBefore(before));
  }

  @Test
  void commitKeepsTheParent() {
    givenCommitted("base", "");
    givenCommitted("next", "base");
    assertEquals("base", driver.stat("next").parent());
  }

  @Test
  void whatIsCommittedMayGoOn() {
    byte[] image = givenImage("base", 7);
    driver.prepare("a", "base", Map.of("whose", "mine"));
    byte[] first = overwrite("a", image, 10, piece(1));
    SnapshotInfo before = driver.stat("a");
    driver.commitAndContinue("next", "a", Map.of("what", "layer"));
    assertEquals(Map.of("what", "layer"), driver.stat("next").labels());
    assertEquals("base", driver.stat("next").parent());
    assertEquals(SnapshotKind.COMMITTED, driver.stat("next").kind());
    SnapshotInfo now = driver.stat("a");
    assertEquals(SnapshotKind.ACTIVE, now.kind());
    assertEquals("next", now.parent());
    assertEquals(before.labels(), now.labels());
    assertEquals(before.createdAt(), now.createdAt());
    byte[] second = overwrite("a", first, 5000, piece(2));
    assertArrayEquals(first, content("next"));
    assertArrayEquals(second, content("a"));
    assertArrayEquals(image, content("base"));
  }

  @Test
  void whatCannotBeCommittedGoesOnAsItWas() {
    givenCommitted("base", "");
    driver.prepare("a", "base", Map.of("l", "1"));
    driver.view("v", "base", NONE);
    List<SnapshotInfo> before = infos();
    Map<String, String> tooLong = Map.of("l", "x".repeat(5000));
    assertFails(Kind.ALREADY_EXISTS, () -> driver.commitAndContinue("base", "a", NONE));
    assertFails(Kind.ALREADY_EXISTS, () -> driver.commitAndContinue("a", "a", NONE));
    assertFails(Kind.FAILED_PRECONDITION, () -> driver.commitAndContinue("n", "v", NONE));
    assertFails(Kind.NOT_FOUND, () -> driver.commitAndContinue("n", "nothing", NONE));
    assertFails(Kind.INVALID_ARGUMENT, () -> driver.commitAndContinue("n", "a", tooLong));
    assertEquals(before, infos());
  }

  @Test
  void creatingIsPreparingWithoutBeingTold() {
    givenCommitted("base", "");
    driver.create("a", "base", Map.of("l", "1"));
    assertEquals(SnapshotKind.ACTIVE, driver.stat("a").kind());
    assertEquals(Map.of("l", "1"), driver.stat("a").labels());
    driver.prepare("b", "base", NONE);
    assertEquals(1, driver.mounts("a").size());
    assertFails(Kind.ALREADY_EXISTS, () -> driver.create("a", "base", NONE));
    assertFails(Kind.NOT_FOUND, () -> driver.create("c", "nothing", NONE));
    assertFails(Kind.INVALID_ARGUMENT, () -> driver.create("c", "a", NONE));
  }

  @Test
  void keysAndNamesShareOneSpace() {
    givenCommitted("base", "");
    driver.prepare("a", "base", NONE);
    assertFails(Kind.ALREADY_EXISTS, () -> driver.prepare("a", "base", NONE));
    assertFails(Kind.ALREADY_EXISTS, () -> driver.prepare("base", "", NONE));
    assertFails(Kind.ALREADY_EXISTS, () -> driver.view("a", "base", NONE));
    assertFails(Kind.ALREADY_EXISTS, () -> driver.commit("base", "a", NONE));
    assertFails(Kind.ALREADY_EXISTS, () -> driver.commit("a", "a", NONE));
    assertEquals(SnapshotKind.ACTIVE, driver.stat("a").kind());
  }

  @Test
  void aKeyCanBeUsedAgainAtOnce() {
    givenCommitted("base", "");
    driver.prepare("a", "base", NONE);
    driver.remove("a");
    driver.prepare("a", "base", NONE);
    driver.commit("next", "a", NONE);
    driver.prepare("a", "next", NONE);
    assertEquals("next", driver.stat("a").parent());
  }

  @Test
  void parentMustBeThereAndCommitted() {
    givenCommitted("base", "");
    driver.prepare("a", "base", NONE);
    driver.view("v", "base", NONE);
    assertFails(Kind.NOT_FOUND, () -> driver.prepare("b", "nothing", NONE));
    assertFails(Kind.INVALID_ARGUMENT, () -> driver.prepare("b", "a", NONE));
    assertFails(Kind.INVALID_ARGUMENT, () -> driver.view("b", "v", NONE));
    assertFails(Kind.NOT_FOUND, () -> driver.prepare("b", "b", NONE));
    assertFails(Kind.NOT_FOUND, () -> driver.stat("b"));
  }

  @Test
  void onlyActiveSnapshotsCanBeCommitted() {
    givenCommitted("base", "");
    driver.view("v", "base", NONE);
    assertFails(Kind.FAILED_PRECONDITION, () -> driver.commit("n", "v", NONE));
    assertFails(Kind.FAILED_PRECONDITION, () -> driver.commit("n", "base", NONE));
    assertFails(Kind.NOT_FOUND, () -> driver.commit("n", "nothing", NONE));
  }

  @Test
  void committedSnapshotsHaveNoMounts() {
    givenCommitted("base", "");
    assertFails(Kind.FAILED_PRECONDITION, () -> driver.mounts("base"));
    assertFails(Kind.NOT_FOUND, () -> driver.mounts("nothing"));
  }

  @Test
  protected void keysAreCheckedBeforeAnythingIsDone() {
    assertFails(Kind.INVALID_ARGUMENT, () -> driver.prepare("", "", NONE));
    assertFails(Kind.INVALID_ARGUMENT, () -> driver.prepare("a\nb", "", NONE));
    assertFails(Kind.INVALID_ARGUMENT, () -> driver.prepare("x".repeat(256), "", NONE));
    driver.prepare("x".repeat(255), "", NONE);
    driver.prepare("default/17/extract-1 sha256:äöü", "", NONE);
    assertEquals(2, walked().size());
  }

  @Test
  void updateReplacesAllLabelsWithoutFieldPaths() {
    driver.prepare("a", "", Map.of("x", "1", "y", "2"));
    SnapshotInfo changed = driver.update(withLabels("a", Map.of("z", "3")));
    assertEquals(Map.of("z", "3"), changed.labels());
    assertEquals(changed, driver.stat("a"));
  }

  @Test
  void updateChangesOnlyTheLabelsNamed() {
    driver.prepare("a", "", Map.of("x", "1", "y", "2"));
    driver.update(withLabels("a", Map.of("x", "9", "w", "8")), "labels.x", "labels.y");
    assertEquals(Map.of("x", "9"), driver.stat("a").labels());
    driver.update(withLabels("a", Map.of("q", "0")), "labels");
    assertEquals(Map.of("q", "0"), driver.stat("a").labels());
  }

  @Test
  void updateLeavesEverythingElse() {
    givenCommitted("base", "");
    SnapshotInfo before = driver.stat("base");
    SnapshotInfo asked =
        new SnapshotInfo(
            "base", "other", SnapshotKind.VIEW, Instant.EPOCH, Instant.EPOCH, Map.of("a", "b"));
    SnapshotInfo after = driver.update(asked);
    assertEquals(before.withLabels(Map.of("a", "b"), after.updatedAt()), after);
    assertFalse(after.updatedAt().isBefore(before.updatedAt()));
  }

  @Test
  void updateRefusesOtherFieldsAndUnknownKeys() {
    driver.prepare("a", "", NONE);
    assertFails(Kind.INVALID_ARGUMENT, () -> driver.update(withLabels("a", NONE), "parent"));
    assertFails(Kind.NOT_FOUND, () -> driver.update(withLabels("b", NONE)));
  }

  @Test
  void labelsThatAreTooLongAreRefused() {
    Map<String, String> longest = Map.of("k", "v".repeat(4095));
    Map<String, String> tooLong = Map.of("k", "v".repeat(4096));
    driver.prepare("a", "", longest);
    assertFails(Kind.INVALID_ARGUMENT, () -> driver.prepare("b", "", tooLong));
    assertFails(Kind.INVALID_ARGUMENT, () -> driver.update(withLabels("a", tooLong)));
    assertFails(Kind.INVALID_ARGUMENT, () -> driver.commit("n", "a", tooLong));
    assertEquals(longest, driver.stat("a").labels());
  }

  @Test
  void walkVisitsAllThatTheFilterMatches() {
    givenCommitted("base", "");
    driver.prepare("a", "base", Map.of("team", "one"));
    driver.view("v", "base", Map.of("team", "two"));
    assertEquals(Set.of("a", "base", "v"), walked());
    assertEquals(Set.of("a"), walked("kind==active"));
    assertEquals(Set.of("a", "v"), walked("parent==base"));
    assertEquals(Set.of("v"), walked("parent==base,labels.team==two"));
    assertEquals(Set.of("base", "v"), walked("kind==committed", "labels.\"team\"~=^tw"));
    assertEquals(Set.of("a", "v"), walked("labels.team"));
    assertEquals(Set.of(), walked("name==nothing"));
    assertFails(Kind.INVALID_ARGUMENT, () -> walked("no such field==x"));
  }

  @Test
  void aVisitorMayCallTheDriver() {
    givenCommitted("base", "");
    driver.prepare("a", "base", NONE);
    List<SnapshotInfo> seen = new ArrayList<>();
    driver.walk(info -> seen.add(driver.stat(info.key())));
    assertEquals(2, seen.size());
  }

  @Test
  void aParentWithChildrenCannotBeRemoved() {
    givenCommitted("base", "");
    driver.view("v", "base", NONE);
    DriverException e = assertThrows(DriverException.class, () -> driver.remove("base"));
    assertEquals(Kind.FAILED_PRECONDITION, e.kind());
    assertTrue(e.getMessage().contains("remove"), e.getMessage());
    driver.remove("v");
    driver.remove("base");
    assertFails(Kind.NOT_FOUND, () -> driver.remove("base"));
    assertEquals(Set.of(), walked());
  }

  @Test
  void aChainIsRemovedAsFarAsItGoesAndNothingElseStandsOnIt() {
    givenCommitted("base", "");
    givenCommitted("one", "base");
    givenCommitted("two", "one");
    givenCommitted("three", "two");
    driver.prepare("a", "three", NONE);
    assertEquals(List.of(), driver.removeChain("three", info -> true), "has a child");
    assertEquals(List.of(), driver.removeChain("nothing", info -> true));
    assertEquals(List.of("a", "three"), driver.removeChain("a", info -> !info.key().equals("two")));
    assertEquals(Set.of("base", "one", "two"), walked());
    driver.prepare("b", "one", NONE);
    assertEquals(List.of("two"), driver.removeChain("two", info -> true));
    assertEquals(List.of("b", "one", "base"), driver.removeChain("b", info -> true));
    assertEquals(Set.of(), walked());
    givenCommitted("base", "");
  }

  @Test
  void readsThroughManyLayers() {
    byte[] expected = givenImage("layer-0", 1);
    for (int depth = 1; depth <= 12; depth++) {
      driver.prepare("k", "layer-" + (depth - 1), NONE);
      if (depth % 4 == 0) {
        expected = overwrite("k", expected, depth * PIECE_BYTES, piece(depth));
      }
      driver.commit("layer-" + depth, "k", NONE);
    }
    driver.view("v", "layer-12", NONE);
    assertArrayEquals(expected, content("v"));
    driver.view("w", "layer-3", NONE);
    assertArrayEquals(givenBytes(1), content("w"));
  }

  @Test
  void theFirstWriteCopiesAndTheNextOnesDoNot() {
    byte[] image = givenImage("base", 2);
    driver.prepare("a", "base", NONE);
    long before = driver.copiedBytes();
    byte[] expected = overwrite("a", image, 5 * PIECE_BYTES, piece(1));
    long first = driver.copiedBytes();
    expected = overwrite("a", expected, 5 * PIECE_BYTES, piece(2));
    assertEquals(first, driver.copiedBytes(), "bytes copied by the second write");
    assertTrue(first >= before && first - before <= CONTENT_BYTES, "copied " + (first - before));
    assertArrayEquals(expected, content("a"));
  }

  @Test
  void otherContainersAndTheParentDoNotSeeAWrite() {
    byte[] image = givenImage("base", 3);
    driver.prepare("a", "base", NONE);
    driver.prepare("b", "base", NONE);
    byte[] inA = overwrite("a", image, 0, piece(1));
    byte[] inB = overwrite("b", image, CONTENT_BYTES - PIECE_BYTES, piece(2));
    assertArrayEquals(inA, content("a"));
    assertArrayEquals(inB, content("b"));
    assertArrayEquals(image, content("base"));
    driver.prepare("c", "base", NONE);
    assertArrayEquals(image, content("c"));
  }

  @Test
  void aHandleSeesWhatAnotherHandleWrote() {
    byte[] image = givenImage("base", 4);
    driver.prepare("a", "base", NONE);
    try (LayerFile reader = driver.openFile("a", path(), OpenMode.READ)) {
      assertArrayEquals(image, readAll(reader));
      byte[] expected = overwrite("a", image, 3 * PIECE_BYTES + 7, piece(1));
      assertArrayEquals(expected, readAll(reader));
    }
  }

  @Test
  void writesOfAnyAlignmentChangeTheirBytesOnly() {
    byte[] expected = givenImage("base", 5);
    driver.prepare("a", "base", NONE);
    Random random = new Random(7);
    for (int i = 0; i < 100; i++) {
      byte[] bytes = new byte[1 + random.nextInt(10_000)];
      random.nextBytes(bytes);
      expected = overwrite("a", expected, random.nextInt(CONTENT_BYTES - bytes.length), bytes);
    }
    assertArrayEquals(expected, content("a"));
  }

  @Test
  void writesNeedAnActiveSnapshotAndAHandleForWriting() {
    givenImage("base", 6);
    driver.view("v", "base", NONE);
    driver.prepare("a", "base", NONE);
    assertFails(
        Kind.FAILED_PRECONDITION, () -> driver.openFile("v", path(), OpenMode.WRITE).close());
    assertFails(
        Kind.FAILED_PRECONDITION, () -> driver.openFile("base", path(), OpenMode.CREATE).close());
    try (LayerFile file = driver.openFile("a", path(), OpenMode.READ)) {
      assertFails(Kind.FAILED_PRECONDITION, () -> file.write(0, ByteBuffer.wrap(piece(1))));
    }
  }

  @Test
  void aHandleRefusesWritesOnceItsSnapshotIsCommitted() {
    byte[] image = givenImage("base", 8);
    driver.prepare("a", "base", NONE);
    try (LayerFile file = driver.openFile("a", path(), OpenMode.WRITE)) {
      file.write(0, ByteBuffer.wrap(piece(1)));
      driver.commit("next", "a", NONE);
      assertFails(Kind.FAILED_PRECONDITION, () -> file.write(0, ByteBuffer.wrap(piece(2))));
    }
    assertArrayEquals(patched(image, 0, piece(1)), content("next"));
  }

  @Test
  void filesThatAreNotThereAreNotFound() {
    givenImage("base", 9);
    assertFails(Kind.NOT_FOUND, () -> driver.openFile("base", "nothing", OpenMode.READ).close());
    assertFails(Kind.NOT_FOUND, () -> driver.openFile("nothing", path(), OpenMode.READ).close());
  }

  @Test
  void impossibleOffsetsAreRefused() {
    givenImage("base", 9);
    driver.prepare("a", "base", NONE);
    try (LayerFile file = driver.openFile("a", path(), OpenMode.WRITE)) {
      ByteBuffer buffer = ByteBuffer.allocate(PIECE_BYTES);
      assertFails(Kind.INVALID_ARGUMENT, () -> file.write(-1, buffer));
      assertFails(Kind.INVALID_ARGUMENT, () -> file.read(-1, buffer));
      assertEquals(0, file.read(CONTENT_BYTES, buffer));
      assertEquals(10, file.read(CONTENT_BYTES - 10, buffer));
      assertEquals(10, buffer.position());
    }
  }

  @Test
  void whatIsPassedOverIsZero() {
    driver.prepare("a", "", NONE);
    try (LayerFile file = driver.openFile("a", path(), OpenMode.CREATE)) {
      file.write(2 << 20, ByteBuffer.wrap(piece(1)));
      file.write(CONTENT_BYTES - 1, ByteBuffer.wrap(new byte[1]));
      long data = file.nextData(0);
      assertTrue(data <= 2 << 20, () -> "data=" + data);
      assertEquals((2 << 20) + 100, file.nextData((2 << 20) + 100));
      assertEquals(CONTENT_BYTES, file.nextData(CONTENT_BYTES));
      ByteBuffer passedOver = ByteBuffer.allocate((int) data);
      assertEquals(data, file.read(0, passedOver));
      assertArrayEquals(new byte[(int) data], passedOver.array());
    }
  }

  @Test
  void usageGrowsWithWhatASnapshotWritesItself() {
    givenImage("base", 10);
    driver.prepare("a", "base", NONE);
    driver.prepare("b", "base", NONE);
    overwrite("a", givenBytes(10), 0, piece(1));
    assertTrue(driver.usage("a").sizeBytes() >= PIECE_BYTES, () -> "" + driver.usage("a"));
    assertTrue(driver.usage("base").sizeBytes() >= CONTENT_BYTES, () -> "" + driver.usage("base"));
    assertTrue(driver.usage("a").sizeBytes() >= driver.usage("b").sizeBytes());
    assertFails(Kind.NOT_FOUND, () -> driver.usage("nothing"));
  }

  @Test
  void openingAgainFindsEverything() {
    byte[] image = givenImage("base", 11);
    driver.prepare("a", "base", Map.of("x", "1"));
    byte[] inA = overwrite("a", image, 9 * PIECE_BYTES, piece(1));
    driver.prepare("gone", "base", NONE);
    driver.remove("gone");
    driver.prepare("k", "base", NONE);
    byte[] inNext = overwrite("k", image, PIECE_BYTES, piece(2));
    driver.commit("next", "k", NONE);
    driver.view("v", "next", NONE);
    List<SnapshotInfo> before = infos();

    driver.close();
    driver = open(folder);

    assertEquals(before, infos());
    assertArrayEquals(image, content("base"));
    assertArrayEquals(inA, content("a"));
    assertArrayEquals(inNext, content("next"));
    assertArrayEquals(inNext, content("v"));
    assertArrayEquals(patched(inA, 0, piece(3)), overwriteAndRead("a", inA, 0, piece(3)));
    driver.prepare("gone", "next", NONE);
    assertArrayEquals(inNext, content("gone"));
  }

  @Test
  void removingAndCleaningUpLeavesTheOthersAlone() {
    byte[] image = givenImage("base", 12);
    driver.prepare("a", "base", NONE);
    driver.prepare("b", "base", NONE);
    overwrite("a", image, 0, piece(1));
    byte[] inB = overwrite("b", image, 0, piece(2));
    driver.remove("a");
    driver.cleanup();
    assertArrayEquals(inB, content("b"));
    assertArrayEquals(image, content("base"));
  }

  @Test
  void removalDoesNotWaitForAReader() {
    byte[] image = givenImage("base", 13);
    driver.prepare("a", "base", NONE);
    byte[] inA = overwrite("a", image, 0, piece(1));
    try (LayerFile file = driver.openFile("a", path(), OpenMode.READ)) {
      driver.remove("a");
      driver.prepare("a", "base", NONE);
      assertArrayEquals(inA, readAll(file));
    }
    assertArrayEquals(image, content("a"));
  }

  @Test
  void manyThreadsPrepareAtOnce() throws Exception {
    byte[] image = givenImage("base", 14);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<byte[]>> done = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        int number = i;
        done.add(
            threads.submit(
                () -> {
                  driver.prepare("c" + number, "base", NONE);
                  return overwriteAndRead("c" + number, image, 0, piece(number));
                }));
      }
      for (int i = 0; i < done.size(); i++) {
        assertArrayEquals(patched(image, 0, piece(i)), done.get(i).get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(13, walked().size());
  }

  @Test
  void manyThreadsCreateCommitAndRemove() throws Exception {
    byte[] image = givenImage("base", 15);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int number = i;
        done.add(threads.submit(() -> liveAndDie(number, image)));
      }
      for (Future<?> each : done) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(Set.of("base"), walked());
    assertArrayEquals(image, content("base"));
    driver.remove("base");
    driver.cleanup();
    assertEquals(Set.of(), walked());
  }

  private void liveAndDie(int number, byte[] image) {
    String key = "c" + number;
    for (int turn = 0; turn < 9; turn++) {
      driver.prepare(key, "base", NONE);
      byte[] mine = overwriteAndRead(key, image, turn * PIECE_BYTES, piece(number));
      assertArrayEquals(patched(image, turn * PIECE_BYTES, piece(number)), mine);
      if (turn % 3 == 0) {
        driver.commit("layer" + number, key, NONE);
        assertArrayEquals(mine, content("layer" + number));
        driver.remove("layer" + number);
      } else if (turn % 3 == 1) {
        driver.commitAndContinue("layer" + number, key, NONE);
        assertFails(Kind.FAILED_PRECONDITION, () -> driver.remove("layer" + number));
        assertEquals(List.of(key, "layer" + number), driver.removeChain(key, this::isNotBase));
      } else {
        driver.remove(key);
      }
    }
  }

  private boolean isNotBase(SnapshotInfo info) {
    return !info.key().equals("base");
  }

  @Test
  void oneOfManyThreadsGetsTheKey() throws Exception {
    givenCommitted("base", "");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    int successes = 0;
    try {
      List<Future<?>> attempts = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        attempts.add(threads.submit(() -> driver.prepare("same", "base", NONE)));
      }
      for (Future<?> attempt : attempts) {
        successes += succeeded(attempt) ? 1 : 0;
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(1, successes);
  }

  @Test
  void closingTwiceIsHarmlessAndEndsTheDriver() {
    driver.prepare("a", "", NONE);
    driver.close();
    driver.close();
    assertFails(Kind.FAILED_PRECONDITION, () -> driver.stat("a"));
    assertFails(Kind.FAILED_PRECONDITION, () -> driver.prepare("b", "", NONE));
  }

  /** The driver under test, for cases that only some drivers have. */
  protected final StorageDriver driver() {
    return driver;
  }

  /** A committed snapshot with random content. */
  protected final byte[] givenImage(String name, long seed) {
    driver.prepare("unpack " + name, "", NONE);
    byte[] bytes = givenBytes(seed);
    try (LayerFile file = driver.openFile("unpack " + name, path(), OpenMode.CREATE)) {
      file.write(0, ByteBuffer.wrap(bytes));
      file.force();
    }
    driver.commit(name, "unpack " + name, NONE);
    return bytes;
  }

  /** Writes into the snapshot's file, and returns what the file should hold now. */
  protected final byte[] overwrite(String key, byte[] now, int offset, byte[] bytes) {
    try (LayerFile file = driver.openFile(key, path(), OpenMode.WRITE)) {
      file.write(offset, ByteBuffer.wrap(bytes));
      file.force();
    }
    return patched(now, offset, bytes);
  }

  /** All bytes of the snapshot's file. */
  protected final byte[] content(String key) {
    try (LayerFile file = driver.openFile(key, path(), OpenMode.READ)) {
      return readAll(file);
    }
  }

  protected static void assertFails(Kind kind, Executable call) {
    DriverException e = assertThrows(DriverException.class, call);
    assertEquals(kind, e.kind(), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), "one line: " + e.getMessage());
  }

  protected static byte[] piece(int seed) {
    byte[] bytes = new byte[PIECE_BYTES];
    new Random(1000 + seed).nextBytes(bytes);
    return bytes;
  }

  private void givenCommitted(String name, String parent) {
    driver.prepare("key of " + name, parent, NONE);
    driver.commit(name, "key of " + name, NONE);
  }

  private byte[] overwriteAndRead(String key, byte[] now, int offset, byte[] bytes) {
    overwrite(key, now, offset, bytes);
    return content(key);
  }

  private String path() {
    return driver.capabilities().contains(Capability.VOLUME)
        ? StorageDriver.VOLUME
        : "var/lib/disk.img";
  }

  private Set<String> walked(String... filters) {
    Set<String> keys = new TreeSet<>();
    driver.walk(info -> keys.add(info.key()), filters);
    return keys;
  }

  private List<SnapshotInfo> infos() {
    return walked().stream().map(driver::stat).toList();
  }

  private static byte[] givenBytes(long seed) {
    byte[] bytes = new byte[CONTENT_BYTES];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static SnapshotInfo withLabels(String key, Map<String, String> labels) {
    return new SnapshotInfo(key, "", SnapshotKind.ACTIVE, Instant.EPOCH, Instant.EPOCH, labels);
  }

  private static byte[] readAll(LayerFile file) {
    ByteBuffer buffer = ByteBuffer.allocate((int) file.sizeBytes());
    assertEquals(buffer.capacity(), file.read(0, buffer));
    return buffer.array();
  }

  private static byte[] patched(byte[] now, int offset, byte[] bytes) {
    byte[] copy = Arrays.copyOf(now, now.length);
    System.arraycopy(bytes, 0, copy, offset, bytes.length);
    return copy;
  }

  private static boolean succeeded(Future<?> attempt) throws InterruptedException {
    try {
      attempt.get();
      return true;
    } catch (ExecutionException e) {
      DriverException cause = (DriverException) e.getCause();
      assertEquals(Kind.ALREADY_EXISTS, cause.kind());
      return false;
    }
  }
}
