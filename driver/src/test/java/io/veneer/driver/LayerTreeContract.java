// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What the tree of a snapshot must do in every file-level driver, without a mount and without root;
 * that drivers agree on the outcome of any operation is the matter of another test.
 */
public abstract class LayerTreeContract extends FileLevelContract {
  private static final Map<String, String> NONE = Map.of();
  private static final Instant LATE = Instant.ofEpochSecond(4_000_000_000L);
  private static final int THREADS = 4;
  private static final int TURNS = 25;

  @Test
  void anOpenFileStaysWhatItIsWhenItsNameGoes() {
    givenFile("base", "dir/file", "old");
    driver().prepare("x", "base", NONE);
    LayerTree tree = driver().tree("x");
    try (LayerFile reader = tree.open("dir/file", OpenMode.READ);
        LayerFile writer = tree.open("dir/file", OpenMode.WRITE)) {
      tree.removeFile("dir/file");
      assertEquals("old", text(reader));
      writer.write(0, bytes("new"));
      assertEquals("new", text(reader));
      assertFails(Kind.NOT_FOUND, () -> tree.stat("dir/file"));
      write("x", "dir/file", "another");
      assertEquals("new", text(reader));
    }
    assertEquals("another", read("x", "dir/file"));
    assertEquals("old", read("base", "dir/file"));
  }

  @Test
  void anOpenFileFollowsItsNewName() {
    givenFile("base", "file", "old");
    driver().prepare("x", "base", NONE);
    LayerTree tree = driver().tree("x");
    try (LayerFile file = tree.open("file", OpenMode.WRITE)) {
      tree.rename("file", "renamed");
      file.write(0, bytes("new"));
      file.force();
      assertEquals("new", text(file));
    }
    assertEquals("new", read("x", "renamed"));
    assertEquals(List.of("renamed"), tree.list(""));
    assertEquals(List.of("file"), driver().tree("base").list(""));
  }

  @Test
  void aFolderMadeAnewShowsNothingOld() {
    givenFile("base", "dir/sub/file", "old");
    driver().prepare("x", "base", NONE);
    LayerTree tree = driver().tree("x");
    assertFails(Kind.FAILED_PRECONDITION, () -> tree.removeFolder("dir"));
    tree.removeFile("dir/sub/file");
    tree.removeFolder("dir/sub");
    tree.removeFolder("dir");
    tree.makeFolder("dir", 0700);
    assertEquals(List.of(), tree.list("dir"));
    assertEquals(0700, tree.stat("dir").permissions());
    driver().commit("next", "x", NONE);
    assertEquals(List.of(), driver().tree("next").list("dir"));
    assertEquals(
        List.of(new Change("dir", ChangeKind.MODIFIED), new Change("dir/sub", ChangeKind.DELETED)),
        driver().changes("next", "base"));
  }

  @Test
  void twoNamesOfOneFileShareWhatIsWritten() {
    driver().prepare("x", "", NONE);
    write("x", "one", "1");
    LayerTree tree = driver().tree("x");
    tree.addName("two", "one");
    write("x", "two", "2");
    assertEquals("2", read("x", "one"));
    assertEquals(2, tree.stat("one").names());
    assertFails(Kind.ALREADY_EXISTS, () -> tree.addName("two", "one"));
  }

  @Test
  void sparseFilesStaySparseAndSizesCanBeSet() {
    driver().prepare("k", "", NONE);
    write("k", "sparse", "x");
    driver().tree("k").truncate("sparse", 1L << 30);
    driver().commit("base", "k", NONE);
    driver().prepare("x", "base", NONE);
    write("x", "sparse", "y");
    assertTrue(driver().usage("x").sizeBytes() < 1 << 20, () -> "" + driver().usage("x"));
    LayerTree tree = driver().tree("x");
    assertEquals(1L << 30, tree.stat("sparse").sizeBytes());
    tree.truncate("sparse", 1);
    assertEquals("y", read("x", "sparse"));
    assertFails(Kind.INVALID_ARGUMENT, () -> tree.truncate("sparse", -1));
  }

  @Test
  void linksAreNotFollowed() {
    driver().prepare("x", "", NONE);
    write("x", "dir/file", "1");
    LayerTree tree = driver().tree("x");
    tree.makeLink("link", "dir//");
    assertEquals("dir//", tree.linkTarget("link"));
    assertFails(Kind.NOT_FOUND, () -> tree.stat("link/file"));
    assertFails(Kind.INVALID_ARGUMENT, () -> tree.open("link", OpenMode.READ).close());
    assertFails(Kind.INVALID_ARGUMENT, () -> tree.linkTarget("dir"));
  }

  @Test
  void pathsThatAreNoneAreRefused() {
    driver().prepare("x", "", NONE);
    LayerTree tree = driver().tree("x");
    for (String path : List.of("/a", "a/", "a//b", ".", "..", "a/../b", "a\0b")) {
      assertFails(Kind.INVALID_ARGUMENT, () -> tree.makeFile(path, 0600));
      assertFails(Kind.INVALID_ARGUMENT, () -> tree.stat(path));
    }
    assertFails(Kind.INVALID_ARGUMENT, () -> tree.makeFile("", 0600));
  }

  @Test
  void onlyActiveSnapshotsChange() {
    givenFile("base", "file", "1");
    driver().view("v", "base", NONE);
    driver().prepare("x", "base", NONE);
    LayerTree early = driver().tree("x");
    for (String key : List.of("base", "v")) {
      LayerTree tree = driver().tree(key);
      assertFails(Kind.FAILED_PRECONDITION, () -> tree.removeFile("file"));
      assertFails(Kind.FAILED_PRECONDITION, () -> tree.makeFolder("dir", 0700));
      assertFails(Kind.FAILED_PRECONDITION, () -> tree.setPermissions("file", 0600));
    }
    driver().commit("next", "x", NONE);
    assertFails(Kind.FAILED_PRECONDITION, () -> early.removeFile("file"));
    assertFails(Kind.NOT_FOUND, () -> driver().tree("x"));
  }

  /** Each thread in a folder of its own, and all of them in one that they share. */
  @Test
  void manyThreadsChangeOneTree() throws Exception {
    givenFile("base", "shared/old", "old");
    driver().prepare("x", "base", NONE);
    LayerTree tree = driver().tree("x");
    atOnce(
        number -> {
          String own = "shared/own-" + number;
          tree.makeFolder(own, 0755);
          for (int i = 0; i < TURNS; i++) {
            write("x", own + "/a", "text " + i);
            tree.rename(own + "/a", own + "/b");
            assertEquals("text " + i, read("x", own + "/b"));
            tree.setPermissions("shared/old", 0600 + number);
            tree.list("shared");
            if (i < TURNS - 1) {
              tree.removeFile(own + "/b");
            }
          }
        });
    SortedMap<String, String> seen = TreePicture.of(tree, LATE);
    assertEquals(1 + 1 + 1 + 2 * THREADS, seen.size(), seen::toString);
    driver().close();
    openDriver();
    assertEquals(seen, TreePicture.of(driver().tree("x"), LATE), "what was remembered is true");
  }

  @Test
  void manyThreadsCreateAndRemove() throws Exception {
    givenFile("base", "file", "text");
    atOnce(
        number -> {
          for (int i = 0; i < TURNS; i++) {
            String key = "c" + number;
            driver().prepare(key, "base", NONE);
            write(key, "file", "mine");
            assertEquals("text", read("base", "file"));
            if (i % 3 == 0) {
              driver().commit("n" + number + "-" + i, key, NONE);
              driver().remove("n" + number + "-" + i);
            } else {
              driver().remove(key);
            }
          }
        });
    List<String> left = new ArrayList<>();
    driver().walk(info -> left.add(info.key()));
    assertEquals(List.of("base"), left);
    driver().remove("base");
  }

  @Test
  void oneOfTwoWins() throws Exception {
    givenFile("base", "file", "text");
    for (int i = 0; i < TURNS; i++) {
      driver().prepare("k", "base", NONE);
      driver().commit("parent", "k", NONE);
      List<String> outcomes = new ArrayList<>();
      atOnce(
          number -> {
            String outcome;
            try {
              if (number == 0) {
                driver().remove("parent");
              } else {
                driver().prepare("child " + number, "parent", NONE);
              }
              outcome = number == 0 ? "removed" : "prepared";
            } catch (DriverException e) {
              outcome = e.kind().toString();
            }
            synchronized (outcomes) {
              outcomes.add(outcome);
            }
          });
      boolean removed = outcomes.contains("removed");
      assertEquals(!removed, outcomes.contains("prepared"), outcomes::toString);
      for (int number = 1; !removed && number < THREADS; number++) {
        driver().remove("child " + number);
      }
      if (!removed) {
        driver().remove("parent");
      }
    }
  }

  private interface Turn {
    void run(int number);
  }

  private static void atOnce(Turn turn) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int number = i;
        done.add(threads.submit(() -> turn.run(number)));
      }
      for (Future<?> each : done) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(LayerFile file) {
    byte[] bytes = new byte[(int) file.sizeBytes()];
    assertArrayEquals(new int[] {bytes.length}, new int[] {file.read(0, ByteBuffer.wrap(bytes))});
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
