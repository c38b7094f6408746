// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final long GIB = 1L << 30;

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(written, true, StandardCharsets.UTF_8);
  private long nowMillis = 1234;

  @Test
  void redrawsABarOnATerminalAndTakesItAway() {
    try (Progress progress = progress(true, 4 * GIB)) {
      after(1000).at(progress, GIB);
      after(1000).at(progress, 4 * GIB);
    }
    String first = "import  [#######-----------------------]  25%  1 GiB of 4 GiB  1 GiB/s";
    String second = "import  [##############################]  100%  4 GiB of 4 GiB  2 GiB/s";
    String blank = " ".repeat(second.length());
    assertEquals("\r" + first + "\r" + second + "\r" + blank + "\r", text());
  }

  @Test
  void redrawsTenTimesASecondAtTheMost() {
    Progress progress = progress(true, 4 * GIB);
    after(1000).at(progress, GIB);
    String once = text();
    after(99).at(progress, 2 * GIB);
    assertEquals(once, text());
    after(1).at(progress, 2 * GIB);
    assertEquals(2, text().chars().filter(c -> c == '\r').count());
  }

  @Test
  void showsNothingOfWorkThatEndsSoon() {
    try (Progress progress = progress(true, GIB)) {
      after(499).at(progress, GIB);
    }
    assertEquals("", text());
  }

  @Test
  void writesPlainLinesElsewhere() {
    try (Progress progress = progress(false, 4 * GIB)) {
      after(9_999).at(progress, GIB);
      after(1).at(progress, GIB);
      after(10_000).at(progress, 3 * GIB);
    }
    assertEquals(
        "import  25%  1 GiB of 4 GiB  102.4 MiB/s\nimport  75%  3 GiB of 4 GiB  153.6 MiB/s\n",
        text());
  }

  @Test
  void showsNoPartOfAnUnknownTotal() {
    Progress progress = progress(false, 0);
    after(10_000).at(progress, GIB);
    assertEquals("import  1 GiB  102.4 MiB/s\n", text());
  }

  @Test
  void countsPiecesWithoutASpeed() {
    Progress progress = new Progress(screen(false), "writes", Progress.Unit.PIECES, 2000);
    after(10_000).at(progress, 1500);
    assertEquals("writes  75%  1500 of 2000\n", text());
  }

  @Test
  void ofNobodyIsSilent() {
    try (Progress progress = Progress.none()) {
      progress.at(GIB);
    }
    assertEquals("", text());
  }

  private Progress progress(boolean terminal, long totalBytes) {
    return new Progress(screen(terminal), "import", Progress.Unit.BYTES, totalBytes);
  }

  private Progress.Screen screen(boolean terminal) {
    return new Progress.Screen(err, terminal, () -> nowMillis * 1_000_000);
  }

  private ProgressTest after(long millis) {
    nowMillis += millis;
    return this;
  }

  private void at(Progress progress, long doneBytes) {
    progress.at(doneBytes);
  }

  private String text() {
    return written.toString(StandardCharsets.UTF_8);
  }
}
