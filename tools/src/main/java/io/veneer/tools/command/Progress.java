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

  private final PrintStream err;
  private final boolean terminal;
  private final String label;
  private final long totalBytes;
  private final LongSupplier clockNanos;
  private final long startNanos;
  private long nextNanos;
  private int drawnWidth;

  /**
   * Begins to show progress.
   *
   * @param totalBytes what there is to do, or 0 when that is not known
   */
  Progress(
      PrintStream err, boolean terminal, String label, long totalBytes, LongSupplier clockNanos) {
    this.err = err;
    this.terminal = terminal;
    this.label = label;
    this.totalBytes = totalBytes;
    this.clockNanos = clockNanos;
    this.startNanos = clockNanos.getAsLong();
    this.nextNanos = startNanos + (terminal ? SECOND_NANOS / 2 : LINE_NANOS);
  }

  /** Shows nothing, ever. */
  static Progress none() {
    return new Progress(null, false, "", 0, () -> 0);
  }

  /** Tells how much is done in all. Cheap enough for each piece of work. */
  void at(long doneBytes) {
    long now = clockNanos.getAsLong();
    if (now - nextNanos < 0) {
      return;
    }
    nextNanos = now + (terminal ? REDRAW_NANOS : LINE_NANOS);
    String line = line(doneBytes, now - startNanos);
    if (terminal) {
      redraw(line);
    } else {
      err.println(line);
    }
  }

  /** Takes the bar away, so that what is printed next begins on a clean line. */
  @Override
  public void close() {
    if (drawnWidth > 0) {
      redraw("");
      err.print('\r');
      err.flush();
    }
  }

  private void redraw(String line) {
    err.print('\r' + line + " ".repeat(Math.max(0, drawnWidth - line.length())));
    err.flush();
    drawnWidth = line.length();
  }

  private String line(long doneBytes, long elapsedNanos) {
    long rate = (long) (doneBytes * (double) SECOND_NANOS / Math.max(1, elapsedNanos));
    String speed = "  " + ByteSize.format(rate) + "/s";
    if (totalBytes <= 0) {
      return label + "  " + ByteSize.format(doneBytes) + speed;
    }
    double part = Math.min(1, (double) doneBytes / totalBytes);
    String bar = terminal ? "  " + bar(part) : "";
    return label + bar + "  " + (int) (part * 100) + "%" + ofTotal(doneBytes) + speed;
  }

  private String ofTotal(long doneBytes) {
    return "  " + ByteSize.format(doneBytes) + " of " + ByteSize.format(totalBytes);
  }

  private static String bar(double part) {
    int filled = (int) (part * BAR_WIDTH);
    return "[" + "#".repeat(filled) + "-".repeat(BAR_WIDTH - filled) + "]";
  }
}
