// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

/** Tells which words may have been meant by what was typed. Stateless. */
final class TypingError {
  private TypingError() {}

  /** Whether a word begins with what was typed, or differs in a letter of three at the most. */
  static boolean isNear(String typed, String word) {
    return word.startsWith(typed) || edits(typed, word) <= Math.max(1, (typed.length() + 1) / 3);
  }

  /** The letters to be added, left out or replaced: the distance of Levenshtein, row by row. */
  private static int edits(String from, String to) {
    int[] above = new int[to.length() + 1];
    for (int column = 0; column <= to.length(); column++) {
      above[column] = column;
    }
    for (int row = 1; row <= from.length(); row++) {
      int[] current = new int[to.length() + 1];
      current[0] = row;
      for (int column = 1; column <= to.length(); column++) {
        int replaced = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
        int other = Math.min(above[column], current[column - 1]) + 1;
        current[column] = Math.min(above[column - 1] + replaced, other);
      }
      above = current;
    }
    return above[to.length()];
  }
}
