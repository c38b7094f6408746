// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void putsWordsToTheLeftAndFiguresToTheRight() {
    Table table = new Table(1);
    table.row("NAME", "SIZE", "OWN");
    table.row("a", "1 GiB", "0 B");
    table.row("longest", "64 KiB", "12 KiB");
    assertEquals(
        """
        NAME       SIZE     OWN
        a         1 GiB     0 B
        longest  64 KiB  12 KiB
        """,
        table.render());
  }

  @Test
  void leavesNoBlanksAtLineEnds() {
    Table table = new Table(2);
    table.row("a", "");
    table.row("b", "value");
    assertEquals("a\nb  value\n", table.render());
  }

  @Test
  void isEmptyWithoutRows() {
    assertEquals("", new Table(1).render());
  }
}
