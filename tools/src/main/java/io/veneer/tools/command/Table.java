// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns as wide as their widest cell. */
final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();
  private final int leftColumns;

  /** The first columns hold words and stand to the left, the others hold figures. */
  Table(int leftColumns) {
    this.leftColumns = leftColumns;
  }

  /** Adds a row; all rows have the same number of cells. */
  void row(String... cells) {
    rows.add(List.of(cells));
  }

  /** All rows, each with its line end and without blanks before it. */
  String render() {
    int[] widths = widths();
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      text.append(line(row, widths).stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private int[] widths() {
    int[] widths = new int[rows.isEmpty() ? 0 : rows.get(0).size()];
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    return widths;
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = row.get(column);
      String blanks = " ".repeat(widths[column] - cell.length());
      line.append(column == 0 ? "" : GAP);
      line.append(column < leftColumns ? cell + blanks : blanks + cell);
    }
    return line.toString();
  }
}
