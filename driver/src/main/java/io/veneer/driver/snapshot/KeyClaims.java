// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.snapshot;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Keeps changes of one snapshot apart without keeping changes of others waiting, however long one
 * of them copies.
 *
 * <p>A key is claimed for changing (nobody else may hold it) or for leaning on (others may lean
 * too, nobody may change). All keys of one change are claimed at once, so changes cannot block each
 * other in a ring. Any thread may call.
 */
final class KeyClaims {
  private static final int CHANGING = -1;

  /** Holders by key: {@link #CHANGING}, or how many lean on it. Guarded by this. */
  private final Map<String, Integer> holders = new HashMap<>();

  /** Does work while its keys are claimed for changing and one, if not empty, for leaning on. */
  <T> T whileChanging(Set<String> keys, String leaningOn, Supplier<T> work) {
    // A snapshot that is to stand on itself is refused by the work; it must not wait for itself.
    boolean leans = !leaningOn.isEmpty() && !keys.contains(leaningOn);
    return whileClaimed(keys, leans ? Set.of(leaningOn) : Set.of(), work);
  }

  /** Does work while its keys are claimed for leaning on. */
  <T> T whileLeaning(Set<String> keys, Supplier<T> work) {
    return whileClaimed(Set.of(), keys, work);
  }

  private <T> T whileClaimed(Set<String> changing, Set<String> leaning, Supplier<T> work) {
    claim(changing, leaning);
    try {
      return work.get();
    } finally {
      release(changing, leaning);
    }
  }

  private synchronized void claim(Set<String> changing, Set<String> leaning) {
    while (!isFree(changing, leaning)) {
      await();
    }
    changing.forEach(key -> holders.put(key, CHANGING));
    leaning.forEach(key -> holders.merge(key, 1, Integer::sum));
  }

  private boolean isFree(Set<String> changing, Set<String> leaning) {
    return changing.stream().noneMatch(holders::containsKey)
        && leaning.stream().noneMatch(key -> holders.getOrDefault(key, 0) == CHANGING);
  }

  private synchronized void release(Set<String> changing, Set<String> leaning) {
    changing.forEach(holders::remove);
    leaning.forEach(
        key -> holders.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1));
    notifyAll();
  }

  private void await() {
    try {
      wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DriverException(Kind.CANCELLED, "interrupted while waiting for a snapshot", e);
    }
  }
}
