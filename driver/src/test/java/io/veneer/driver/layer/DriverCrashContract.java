// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.LayerFile;
import io.veneer.driver.MemoryFolder;
import io.veneer.driver.OpenMode;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.TreePicture;
import io.veneer.driver.host.DyingFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that dies at change 0, 1, 2, ... of the host's files in the middle of a call, until the
 * call comes through: whoever opens the driver next finds what was before or what comes after,
 * records, trees and the names of all files in the driver's folder, and nothing besides.
 */
public abstract class DriverCrashContract {
  private static final Map<String, String> NONE = Map.of();
  private static final Instant LATE = Instant.ofEpochSecond(1_600_000_000L);

  @TempDir(factory = MemoryFolder.class)
  protected Path folder;

  private interface Call {
    void on(StorageDriver driver);
  }

  /** All that can be told apart: records, trees, and what lies in the folder. */
  private record State(
      SortedMap<String, String> records,
      SortedMap<String, SortedMap<String, String>> trees,
      List<String> files) {
    /** What another has and this has not, for a message. */
    String difference(State other) {
      StringBuilder text = new StringBuilder(TreePicture.difference(records, other.records));
      trees.forEach(
          (key, tree) ->
              text.append(
                  TreePicture.difference(tree, other.trees.getOrDefault(key, new TreeMap<>()))));
      text.append("\n  missing ").append(without(files, other.files));
      return text.append("\n  left    ").append(without(other.files, files)).toString();
    }

    private static List<String> without(List<String> files, List<String> others) {
      return files.stream().filter(each -> !others.contains(each)).toList();
    }
  }

  /** Opens the driver. */
  protected abstract StorageDriver open(Path folder);

  @Test
  void prepare() throws IOException {
    sweep(driver -> driver.prepare("new", "next", Map.of("l", "1")));
  }

  @Test
  void prepareWithoutAParent() throws IOException {
    sweep(driver -> driver.prepare("new", "", NONE));
  }

  @Test
  void view() throws IOException {
    sweep(driver -> driver.view("new", "next", NONE));
  }

  @Test
  void commit() throws IOException {
    sweep(driver -> driver.commit("committed", "x", Map.of("l", "1")));
  }

  @Test
  void commitWithoutAParent() throws IOException {
    sweep(driver -> driver.commit("committed", "first", NONE));
  }

  @Test
  void removeActive() throws IOException {
    sweep(driver -> driver.remove("x"));
  }

  @Test
  void removeView() throws IOException {
    sweep(driver -> driver.remove("v"));
  }

  @Test
  void removeCommitted() throws IOException {
    sweep(driver -> driver.remove("leaf"));
  }

  @Test
  void update() throws IOException {
    sweep(
        driver -> {
          SnapshotInfo info = driver.stat("x");
          driver.update(info.withLabels(Map.of("l", "2"), info.updatedAt()));
        });
  }

  @Test
  void openingItselfAfterACrash() throws IOException {
    Path template = givenTemplate();
    // A commit whose record is written, but whose folders have not followed, is the most to mend.
    for (long point = 0; ; point++) {
      Path home = copy(template, "open-" + point);
      if (!dieIn(home, point, driver -> driver.commit("committed", "x", NONE))) {
        return;
      }
      State mended = mendedTwice(home, point);
      assertTrue(mended.records().containsKey("base"), mended::toString);
    }
  }

  /** Dies again while what was cut off is being mended. */
  private State mendedTwice(Path home, long point) throws IOException {
    State expected = state(copy(home, "expected-" + point));
    for (long again = 0; ; again += 1 + again / 2) {
      Path second = copy(home, "again-" + point + "-" + again);
      boolean died = dieIn(second, again, null);
      assertEquals(expected, state(second), "point=" + point + " again=" + again);
      if (!died) {
        return expected;
      }
    }
  }

  private void sweep(Call call) throws IOException {
    Path template = givenTemplate();
    State before = state(copy(template, "before"));
    Path whole = copy(template, "after");
    try (StorageDriver driver = open(whole)) {
      call.on(driver);
    }
    State after = state(whole);
    boolean wasOld = false;
    boolean wasNew = false;
    for (long point = 0; ; point++) {
      Path home = copy(template, "died-" + point);
      boolean died = dieIn(home, point, call);
      State now = state(home);
      boolean isNew = now.equals(after);
      if (!isNew && !now.equals(before)) {
        throw new AssertionError(
            "neither old nor new point="
                + point
                + "\n old: "
                + before.difference(now)
                + "\n new: "
                + after.difference(now));
      }
      wasOld |= !isNew;
      wasNew |= isNew;
      if (!died) {
        assertTrue(wasOld && wasNew, "dies before it is done, and is done in the end");
        return;
      }
    }
  }

  /** Opens the driver and calls it, or only opens it; answers whether it died. */
  private boolean dieIn(Path home, long point, Call call) throws IOException {
    DyingFiles files = new DyingFiles();
    try {
      if (call == null) {
        files.dieAfter(point);
      }
      StorageDriver driver = open(files.path(home));
      files.dieAfter(point);
      if (call != null) {
        call.on(driver);
      }
    } catch (DyingFiles.Died e) {
      assertTrue(files.hasDied());
    } finally {
      files.closeAll();
    }
    return files.hasDied();
  }

  private State state(Path home) throws IOException {
    SortedMap<String, String> records = new TreeMap<>();
    SortedMap<String, SortedMap<String, String>> trees = new TreeMap<>();
    try (StorageDriver driver = open(home)) {
      driver.walk(
          info -> {
            records.put(info.key(), info.parent() + " " + info.kind() + " " + info.labels());
            trees.put(info.key(), TreePicture.of(driver.tree(info.key()), LATE));
          });
    }
    try (Stream<Path> all = Files.walk(home)) {
      List<String> files = all.map(each -> home.relativize(each).toString()).sorted().toList();
      return new State(records, trees, files);
    }
  }

  /** Layers of every kind, with files, folders, links, whiteouts. */
  private Path givenTemplate() throws IOException {
    Path home = folder.resolve("template");
    try (StorageDriver driver = open(home)) {
      driver.prepare("k", "", NONE);
      write(driver, "k", "dir/file", "1");
      write(driver, "k", "dir/other", "1");
      driver.commit("base", "k", NONE);
      driver.prepare("k", "base", NONE);
      write(driver, "k", "dir/file", "2");
      driver.tree("k").removeFile("dir/other");
      driver.commit("next", "k", NONE);
      driver.prepare("k", "next", NONE);
      driver.commit("leaf", "k", NONE);
      driver.view("v", "next", NONE);
      driver.prepare("first", "", NONE);
      write(driver, "first", "a/b", "3");
      driver.prepare("x", "next", NONE);
      write(driver, "x", "dir/new", "4");
      driver.tree("x").makeLink("link", "dir/new");
      driver.tree("x").removeFile("dir/file");
    }
    return home;
  }

  private static void write(StorageDriver driver, String key, String path, String text) {
    try (LayerFile file = driver.openFile(key, path, OpenMode.CREATE)) {
      file.write(0, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** With the same times, owners, links and whiteouts. */
  private Path copy(Path from, String name) throws IOException {
    Path to = folder.resolve(name);
    try {
      Process copy = new ProcessBuilder("cp", "-a", from.toString(), to.toString()).start();
      assertEquals(0, copy.waitFor());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    assertTrue(Files.isDirectory(to, LinkOption.NOFOLLOW_LINKS));
    return to;
  }
}
