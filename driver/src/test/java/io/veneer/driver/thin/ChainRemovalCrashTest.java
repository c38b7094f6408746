// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.StorageDriver;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.file.CrashHistory;
import io.veneer.thinpool.file.CrashState;
import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.pool.ThinPool;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * A power cut in the middle of the removal of a chain leaves all of it or nothing, and nothing when
 * the call had returned.
 */
class ChainRemovalCrashTest {
  private static final Map<String, String> NONE = Map.of();
  private static final long VOLUME_BYTES = 1 << 20;
  private static final int LAYERS = 20;

  private final RecordingPoolFiles files = RecordingPoolFiles.create();

  @Test
  void allOfAChainGoesOrNothing() {
    ThinPool.create(files, PoolOptions.ofSize(64L << 20));
    CrashHistory history;
    Set<String> before;
    Set<String> after;
    try (ThinPool pool = ThinPool.open(files);
        StorageDriver driver = ThinDriver.share(pool, VOLUME_BYTES)) {
      givenLayers(driver);
      pool.commit();
      before = keys(driver);
      files.forgetHistory();
      driver.removeChain("layer" + LAYERS, info -> true);
      history = files.history();
      after = keys(driver);
    }
    assertEquals(Set.of("layer1", "layer2", "container"), after);
    Set<Set<String>> seen = new HashSet<>();
    for (int point = 0; point <= history.length(); point++) {
      for (CrashState state : history.statesAt(point, point, 3)) {
        Set<String> found = keysAfter(state);
        boolean returned = point == history.length();
        assertTrue(found.equals(after) || !returned && found.equals(before), state + " " + found);
        seen.add(found);
      }
    }
    assertEquals(Set.of(before, after), seen);
  }

  /** A container stands on the second. */
  private static void givenLayers(StorageDriver driver) {
    String parent = "";
    for (int i = 1; i <= LAYERS; i++) {
      driver.prepare("key", parent, NONE);
      driver.commit("layer" + i, "key", NONE);
      parent = "layer" + i;
    }
    driver.prepare("container", "layer2", NONE);
  }

  private static Set<String> keysAfter(CrashState state) {
    try (ThinPool pool = ThinPool.open(state.open());
        StorageDriver driver = ThinDriver.share(pool, VOLUME_BYTES)) {
      return keys(driver);
    }
  }

  private static Set<String> keys(StorageDriver driver) {
    Set<String> keys = new TreeSet<>();
    driver.walk(info -> keys.add(info.key()));
    return keys;
  }
}
