// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import java.util.StringJoiner;

/**
 * One thing that a check found.
 *
 * @param severity how bad it is
 * @param path how the check came there, from the superblock down
 * @param problem what is wrong, in a few words
 * @param block the metadata or data block that it is about, or -1
 * @param expected what would have been right, or empty
 * @param found what is there, or empty
 */
public record CheckFinding(
    Severity severity, String path, String problem, long block, String expected, String found) {

  /** How bad a finding is. */
  public enum Severity {
    /** Data or metadata is lost or wrong, or would be if the pool were used. */
    FATAL,
    /** Explained by a crash, and harmless: space that is not used, an older superblock torn. */
    NON_FATAL
  }

  /**
   * Whether the finding means damage.
   *
   * @return false for what is harmless
   */
  public boolean isFatal() {
    return severity == Severity.FATAL;
  }

  /**
   * The finding in one line, without its severity.
   *
   * @return path, problem, and the values that matter as {@code name=value}
   */
  public String message() {
    StringJoiner values = new StringJoiner(" ", ": ", "").setEmptyValue("");
    add(values, "block", block < 0 ? "" : Long.toString(block));
    add(values, "expected", expected);
    add(values, "found", found);
    return path + ": " + problem + values;
  }

  private static void add(StringJoiner values, String name, String value) {
    if (!value.isEmpty()) {
      values.add(name + "=" + value);
    }
  }
}
