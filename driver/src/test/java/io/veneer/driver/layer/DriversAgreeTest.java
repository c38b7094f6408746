// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.driver.Change;
import io.veneer.driver.DriverException;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.TreePicture;
import io.veneer.driver.aufs.AufsDriver;
import io.veneer.driver.host.HostNodes;
import io.veneer.driver.overlay.OverlayDriver;
import io.veneer.driver.overlay2.Overlay2Driver;
import io.veneer.driver.vfs.VfsDriver;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same random operations in every file-level driver, without mounts and without root: where
 * vfs, which has plain folders, and the unions go the same way, whiteouts and copy_up cannot be
 * seen. The trees must be the same, also after the drivers were opened again; so must the changes
 * that are told, and what becomes of their archives. Folders that older layers show are not renamed
 * in vfs either, as the unions refuse it; and files have one name each, as copy_up parts them.
 */
class DriversAgreeTest {
  private static final int SEEDS = Integer.getInteger("veneer.seeds", 2);
  private static final int ROUNDS = 5;
  private static final int OPERATIONS = 200;
  private static final Map<String, String> NONE = Map.of();

  private static final Pattern TIME = Pattern.compile("new|[0-9-]+T[0-9:.]+Z");

  @TempDir Path folder;

  private final Map<String, Function<Path, StorageDriver>> opening = new LinkedHashMap<>();
  private final Map<String, StorageDriver> drivers = new LinkedHashMap<>();
  private final List<String> history = new ArrayList<>();
  private final Instant begin = Instant.now().minusSeconds(1);

  @BeforeEach
  void nameDrivers() {
    // The unions first: whether a folder can be renamed is theirs to say.
    opening.put(Overlay2Driver.NAME, Overlay2Driver::open);
    opening.put(OverlayDriver.NAME, OverlayDriver::open);
    opening.put(AufsDriver.NAME, AufsDriver::open);
    opening.put(VfsDriver.NAME, VfsDriver::open);
  }

  @AfterEach
  void close() {
    drivers.values().forEach(StorageDriver::close);
  }

  @Test
  void driversGoTheSameWay() {
    long seed = Long.getLong("veneer.seed", new Random().nextLong());
    System.out.println("repeat with -Dtest=DriversAgreeTest -Dveneer.seed=" + seed);
    for (int i = 0; i < SEEDS; i++) {
      history.clear();
      openAll(Integer.toString(i));
      try {
        run(new RandomTreeWork(seed + i, HostNodes.isRoot(), false), Integer.toString(i));
      } catch (AssertionError | DriverException e) {
        throw new AssertionError("seed=" + (seed + i) + "\n" + String.join("\n", history), e);
      }
    }
  }

  private void run(RandomTreeWork work, String run) {
    String parent = "";
    for (int round = 0; round < ROUNDS; round++) {
      String base = parent;
      each(driver -> driver.prepare("x", base, NONE));
      for (int i = 0; i < OPERATIONS; i++) {
        runOn(work.next());
      }
      SortedMap<String, String> expected = assertSameTrees("x");
      List<Change> changes = assertSame(driver -> driver.changes("x", base));
      assertSame(driver -> driver.diffSize("x", base));
      assertEquals(changes.stream().sorted().toList(), changes, "order");
      applyArchive(base, expected, changes);
      each(StorageDriver::close);
      openAll(run);
      assertEquals(expected, assertSameTrees("x"), "after opening again");
      String name = "layer " + round;
      each(driver -> driver.commit(name, "x", NONE));
      assertEquals(expected, assertSameTrees(name), "after the commit");
      assertEquals(changes, assertSame(driver -> driver.changes(name, base)));
      if (round >= 2) {
        String older = "layer " + (round - 2);
        assertSame(driver -> driver.changes(name, older));
        assertSame(driver -> driver.changes(older, name));
      }
      parent = name;
    }
  }

  /** What one driver wrote goes into all. */
  private void applyArchive(String base, SortedMap<String, String> expected, List<Change> changes) {
    SortedMap<String, String> wanted = withoutUntoldTimes(expected, changes);
    for (StorageDriver from : drivers.values()) {
      ByteArrayOutputStream tar = new ByteArrayOutputStream();
      from.diff("x", base, tar);
      each(driver -> driver.prepare("again", base, NONE));
      each(driver -> driver.applyDiff("again", new ByteArrayInputStream(tar.toByteArray())));
      SortedMap<String, String> applied = withoutUntoldTimes(assertSameTrees("again"), changes);
      assertEquals(wanted, applied, () -> from.name() + TreePicture.difference(wanted, applied));
      each(driver -> driver.remove("again"));
    }
  }

  /** The top folder is in no archive, and neither is a folder of which only the times changed. */
  private static SortedMap<String, String> withoutUntoldTimes(
      SortedMap<String, String> picture, List<Change> changes) {
    SortedMap<String, String> without = new TreeMap<>(picture);
    without.remove("");
    without.replaceAll(
        (path, line) ->
            line.startsWith("FOLDER")
                    && changes.stream().noneMatch(each -> each.path().equals(path))
                ? TIME.matcher(line).replaceFirst("time")
                : line);
    return without;
  }

  private void runOn(RandomTreeWork.Operation operation) {
    String first = null;
    for (StorageDriver driver : drivers.values()) {
      if (RandomTreeWork.CROSSES.equals(first) && driver.name().equals(VfsDriver.NAME)) {
        continue;
      }
      String outcome = operation.outcomeOn(driver.tree("x"));
      if (first == null) {
        first = outcome;
        history.add(operation.text() + " " + outcome);
      }
      assertEquals(first, outcome, () -> operation.text() + " in " + driver.name());
    }
  }

  private SortedMap<String, String> assertSameTrees(String key) {
    SortedMap<String, String> first = null;
    for (StorageDriver driver : drivers.values()) {
      SortedMap<String, String> picture = TreePicture.of(driver.tree(key), begin);
      SortedMap<String, String> expected = first == null ? picture : first;
      assertEquals(
          expected, picture, () -> driver.name() + TreePicture.difference(expected, picture));
      first = expected;
    }
    return first;
  }

  private <T> T assertSame(Function<StorageDriver, T> question) {
    T first = null;
    for (StorageDriver driver : drivers.values()) {
      T answer = question.apply(driver);
      first = first == null ? answer : first;
      assertEquals(first, answer, driver.name());
    }
    return first;
  }

  private void each(Consumer<StorageDriver> step) {
    drivers.values().forEach(step);
  }

  private void openAll(String run) {
    drivers.values().forEach(StorageDriver::close);
    opening.forEach(
        (name, open) -> drivers.put(name, open.apply(folder.resolve(name + "-" + run))));
  }
}
