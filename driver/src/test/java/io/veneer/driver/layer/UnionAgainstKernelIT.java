// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.driver.DriverException;
import io.veneer.driver.LayerTree;
import io.veneer.driver.NodeType;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.TreePicture;
import io.veneer.driver.host.HostMounts;
import io.veneer.driver.host.HostNodes;
import io.veneer.driver.nbd.Program;
import io.veneer.driver.overlay.OverlayDriver;
import io.veneer.driver.overlay2.Overlay2Driver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same random operations through the union in user space and through a mount of the kernel's
 * overlayfs on the same layers below: each must go the same way, and the trees must be the same.
 * Each round stands on what one of the two left, and each looks at what the other left, so that
 * both read the other's whiteouts and opaque folders.
 */
class UnionAgainstKernelIT {
  private static final int SEEDS = Integer.getInteger("veneer.seeds", 4);
  private static final int ROUNDS = 6;
  private static final int OPERATIONS = 250;
  private static final Map<String, String> NONE = Map.of();

  @TempDir Path folder;

  private final List<String> history = new ArrayList<>();
  private final Instant begin = Instant.now().minusSeconds(1);

  @BeforeEach
  void checkMachine() {
    Program.skipUnless(HostNodes.isRoot(), "mounting needs root");
  }

  @AfterEach
  void unmount() throws IOException {
    for (Path left : HostMounts.mountedUnder(folder)) {
      HostMounts.unmount(left);
    }
  }

  @Test
  void manyLowerFoldersGoTheSameWay() throws IOException {
    runSeeds(Overlay2Driver.NAME);
  }

  @Test
  void oneLowerFolderGoesTheSameWay() throws IOException {
    runSeeds(OverlayDriver.NAME);
  }

  private void runSeeds(String name) throws IOException {
    long seed = Long.getLong("veneer.seed", new Random().nextLong());
    System.out.println(
        "repeat with -Dtest=NONE -Dit.test=UnionAgainstKernelIT -Dveneer.seed=" + seed);
    for (int i = 0; i < SEEDS; i++) {
      history.clear();
      Path home = folder.resolve(name + i);
      try (StorageDriver driver =
          name.equals(OverlayDriver.NAME) ? OverlayDriver.open(home) : Overlay2Driver.open(home)) {
        run(driver, seed + i);
      }
    }
  }

  private void run(StorageDriver driver, long seed) {
    RandomTreeWork work = new RandomTreeWork(seed, true, true);
    String parent = "";
    for (int round = 0; round < ROUNDS; round++) {
      driver.prepare("ours", parent, NONE);
      driver.prepare("kernel", parent, NONE);
      LayerTree ours = driver.tree("ours");
      Path root = driver.get("kernel");
      LayerTree kernel = HostTree.of(root);
      for (int i = 0; i < OPERATIONS; i++) {
        RandomTreeWork.Operation operation = work.next();
        String expected = outcomeOnKernel(operation, kernel);
        history.add(round + ": " + operation.text() + " " + expected);
        assertEquals(expected, operation.outcomeOn(ours), () -> "seed=" + seed + history());
      }
      SortedMap<String, String> expected = TreePicture.of(kernel, begin);
      assertSame(expected, TreePicture.of(ours, begin), "union", seed);
      driver.put("kernel");
      driver.commit("ours " + round, "ours", NONE);
      driver.commit("kernel " + round, "kernel", NONE);
      assertSame(expected, mounted(driver, "ours " + round), "kernel's view of the union's", seed);
      LayerTree union = driver.tree("kernel " + round);
      assertSame(expected, TreePicture.of(union, begin), "union's view of the kernel's", seed);
      parent = (round % 2 == 0 ? "ours " : "kernel ") + round;
    }
  }

  /**
   * Tries an operation on the mount. The ext4 below gives a folder a new time even when it then
   * refuses to rename what is in it and to leave a whiteout there; that is taken back, as a refused
   * rename changes nothing.
   */
  private static String outcomeOnKernel(RandomTreeWork.Operation operation, LayerTree kernel) {
    Optional<String> folder = operation.renamedIn().filter(in -> isFolder(kernel, in));
    Optional<Instant> before = folder.map(in -> kernel.stat(in).modified());
    String outcome = operation.outcomeOn(kernel);
    if (before.isPresent() && !outcome.equals("ok")) {
      Instant now = kernel.stat(folder.get()).modified();
      if (!now.equals(before.get())) {
        kernel.setTimes(folder.get(), now, before.get());
      }
    }
    return outcome;
  }

  private static boolean isFolder(LayerTree tree, String path) {
    try {
      return tree.stat(path).type() == NodeType.FOLDER;
    } catch (DriverException notThere) {
      return false;
    }
  }

  private SortedMap<String, String> mounted(StorageDriver driver, String key) {
    Path root = driver.get(key);
    try {
      return TreePicture.of(HostTree.of(root), begin);
    } finally {
      driver.put(key);
    }
  }

  private void assertSame(
      SortedMap<String, String> expected,
      SortedMap<String, String> actual,
      String what,
      long seed) {
    if (!expected.equals(actual)) {
      throw new AssertionError(
          what + " differs seed=" + seed + TreePicture.difference(expected, actual) + history());
    }
  }

  private String history() {
    int begin = Math.max(0, history.size() - 400);
    return "\n" + String.join("\n", history.subList(begin, history.size()));
  }
}
