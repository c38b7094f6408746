// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.snapshot;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.SnapshotKind;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The checks of keys and labels, and what an update changes: pure functions. */
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

  static void checkIsActive(SnapshotInfo info, String what) {
    if (info.kind() != SnapshotKind.ACTIVE) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION,
          "cannot " + what + ": not active key=" + info.key() + " kind=" + info.kind());
    }
  }
}
