// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.compare.ComparisonProgress;
import java.util.Locale;

/** Shows the parts of a comparison one after the other. One thread. */
final class CompareProgress implements ComparisonProgress, AutoCloseable {
  private final Console console;
  private Phase phase;
  private Progress progress = Progress.none();

  CompareProgress(Console console) {
    this.console = console;
  }

  @Override
  public void advanced(Phase now, String driver, long done, long total) {
    if (now != phase) {
      progress.close();
      phase = now;
      String label = now.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      boolean bytes = now == Phase.IMPORT;
      Progress.Unit unit = bytes ? Progress.Unit.BYTES : Progress.Unit.PIECES;
      progress = console.progress(label, unit, total);
    }
    progress.at(done);
  }

  @Override
  public void close() {
    progress.close();
  }
}
