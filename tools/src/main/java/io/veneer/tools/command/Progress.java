// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.io.PrintStream;
import java.util.function.LongSupplier;

/**
 * Shows how far a long piece of work is: a bar that is redrawn in place on a terminal, elsewhere a
 * plain line now and then, so that a log stays readable. Work that ends soon shows nothing. One
 * thread.
 */
final class Progress implements AutoCloseable {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long REDRAW_NANOS = SECOND_NANOS / 10;
  private static final long LINE_NANOS = 10 * SECOND_NANOS;
  private static final int BAR_WIDTH = 30;

  /** What is counted. */
  enum Unit {
    BYTES,
    PIECES
  }

  /**
   * Where progress is shown, and the clock that says when.
   *
   * @param err null for nowhere
   */
  record Screen(PrintStream err, boolean terminal, LongSupplier clockNanos) {}

  private final Screen screen;
  private final String label;
  private final Unit unit;
  private final long total;
  private final long startNanos;
  private long nextNanos;
  private int drawnWidth;

  /**
   * Begins to show progress.
   *
   * @param total what there is to do, or 0 when that is not known
   */
  Progress(Screen screen, String label, Unit unit, long total) {
    this.screen = screen;
    this.label = label;
    this.unit = unit;
    this.total = total;
    this.startNanos = screen.clockNanos.getAsLong();
    this.nextNanos = startNanos + (screen.terminal ? SECOND_NANOS / 2 : LINE_NANOS);
  }

  /** Shows nothing, ever. */
  static Progress none() {
    return new Progress(new Screen(null, false, () -> 0), "", Unit.BYTES, 0);
  }

  /** Tells how much is done in all. Cheap enough for each piece of work. */
  void at(long done) {
    long now = screen.clockNanos.getAsLong();
    if (now - nextNanos < 0) {
      return;
    }
    nextNanos = now + (screen.terminal ? REDRAW_NANOS : LINE_NANOS);
    String line = line(done, now - startNanos);
    if (screen.terminal) {
      redraw(line);
    } else {
      screen.err.println(line);
    }
  }

  /** Takes the bar away, so that what is printed next begins on a clean line. */
  @Override
  public void close() {
    if (drawnWidth > 0) {
      redraw("");
      screen.err.print('\r');
      screen.err.flush();
    }
  }

  private void redraw(String line) {
    screen.err.print('\r' + line + " ".repeat(Math.max(0, drawnWidth - line.length())));
    screen.err.flush();
    drawnWidth = line.length();
  }

  private String line(long done, long elapsedNanos) {
    String speed = unit == Unit.BYTES ? "  " + speed(done, elapsedNanos) : "";
    if (total <= 0) {
      return label + "  " + print(done) + speed;
    }
    double part = Math.min(1, (double) done / total);
    String bar = screen.terminal ? "  " + bar(part) : "";
    return label
        + bar
        + "  "
        + (int) (part * 100)
        + "%  "
        + print(done)
        + " of "
        + print(total)
        + speed;
  }

  private String print(long count) {
    return unit == Unit.BYTES ? ByteSize.format(count) : Long.toString(count);
  }

  private static String speed(long bytes, long elapsedNanos) {
    double bytesPerSecond = bytes * (double) SECOND_NANOS / Math.max(1, elapsedNanos);
    return ByteSize.format((long) bytesPerSecond) + "/s";
  }

  private static String bar(double part) {
    int filled = (int) (part * BAR_WIDTH);
    return "[" + "#".repeat(filled) + "-".repeat(BAR_WIDTH - filled) + "]";
  }
}
