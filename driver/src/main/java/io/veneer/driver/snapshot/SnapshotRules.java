// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.snapshot;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.SnapshotKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The checks of keys and labels, and what a change comes to: pure functions. */
final class SnapshotRules {
  static final int KEY_BYTES_MAX = 255;
  static final int LABEL_BYTES_MAX = 4096;

  private static final String LABELS = "labels";
  private static final String ONE_LABEL = LABELS + ".";

  private SnapshotRules() {}

  static void checkKey(String key) {
    int bytes = key.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > KEY_BYTES_MAX || key.chars().anyMatch(Character::isISOControl)) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "a key has 1 to "
              + KEY_BYTES_MAX
              + " bytes without control characters keyBytes="
              + bytes);
    }
  }

  static void checkLabels(Map<String, String> labels) {
    labels.forEach(SnapshotRules::checkLabel);
  }

  private static void checkLabel(String name, String value) {
    int bytes =
        name.getBytes(StandardCharsets.UTF_8).length
            + value.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > LABEL_BYTES_MAX) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "a label has at most " + LABEL_BYTES_MAX + " bytes label=" + name + " bytes=" + bytes);
    }
  }

  /** The labels after an update, see {@link io.veneer.driver.StorageDriver#update}. */
  static Map<String, String> updatedLabels(
      Map<String, String> now, Map<String, String> asked, List<String> fieldPaths) {
    if (fieldPaths.isEmpty()) {
      return asked;
    }
    Map<String, String> labels = new HashMap<>(now);
    for (String fieldPath : fieldPaths) {
      applyField(labels, asked, fieldPath);
    }
    return labels;
  }

  private static void applyField(
      Map<String, String> labels, Map<String, String> asked, String fieldPath) {
    if (fieldPath.equals(LABELS)) {
      labels.clear();
      labels.putAll(asked);
    } else if (fieldPath.startsWith(ONE_LABEL)) {
      String name = fieldPath.substring(ONE_LABEL.length());
      labels.compute(name, (same, old) -> asked.get(name));
    } else {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "only labels can be updated fieldPath=" + fieldPath);
    }
  }

  /**
   * What can be removed from a snapshot on down: each goes, and nothing but the one before stands
   * on it.
   */
  static List<SnapshotInfo> chain(
      Collection<SnapshotInfo> all, String top, Predicate<SnapshotInfo> goes) {
    Map<String, SnapshotInfo> byKey = new HashMap<>();
    Map<String, Integer> children = new HashMap<>();
    for (SnapshotInfo info : all) {
      byKey.put(info.key(), info);
      children.merge(info.parent(), 1, Integer::sum);
    }
    List<SnapshotInfo> chain = new ArrayList<>();
    SnapshotInfo next = byKey.get(top);
    while (next != null
        && children.getOrDefault(next.key(), 0) == (chain.isEmpty() ? 0 : 1)
        && goes.test(next)) {
      chain.add(next);
      next = next.hasParent() ? byKey.get(next.parent()) : null;
    }
    return chain;
  }

  static void checkIsActive(SnapshotInfo info, String what) {
    if (info.kind() != SnapshotKind.ACTIVE) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION,
          "cannot " + what + ": not active key=" + info.key() + " kind=" + info.kind());
    }
  }
}
