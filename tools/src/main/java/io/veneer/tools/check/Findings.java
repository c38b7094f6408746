// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.PoolException;
import io.veneer.tools.check.CheckFinding.Severity;
import java.util.ArrayList;
import java.util.List;

/** Collects what a check finds, with the place where it was. One thread. */
final class Findings {
  private final Trail trail;
  private final int keepMax;
  private final List<CheckFinding> kept = new ArrayList<>();
  private long fatalCount;
  private long nonFatalCount;

  Findings(Trail trail, int keepMax) {
    this.trail = trail;
    this.keepMax = keepMax;
  }

  Trail trail() {
    return trail;
  }

  /** A fatal finding about the lowest block of the trail, unless something holds; returns it. */
  boolean require(boolean holds, String problem, Object expected, Object found) {
    if (!holds) {
      fatal(problem, trail.block(), expected, found);
    }
    return holds;
  }

  void fatal(String problem, long block, Object expected, Object found) {
    add(Severity.FATAL, problem, block, expected, found);
  }

  void nonFatal(String problem, long block, Object expected, Object found) {
    add(Severity.NON_FATAL, problem, block, expected, found);
  }

  /** A failure to read or to understand the lowest block of the trail. */
  void failure(Severity severity, PoolException failure) {
    if (failure instanceof CorruptMetadataException corrupt && corrupt.block() >= 0) {
      add(severity, corrupt.problem(), corrupt.block(), corrupt.expected(), corrupt.found());
    } else {
      add(severity, failure.getMessage(), -1, "", "");
    }
  }

  private void add(Severity severity, String problem, long block, Object expected, Object found) {
    if (severity == Severity.FATAL) {
      fatalCount++;
    } else {
      nonFatalCount++;
    }
    if (kept.size() < keepMax) {
      kept.add(
          new CheckFinding(
              severity,
              trail.toString(),
              problem,
              block,
              String.valueOf(expected),
              String.valueOf(found)));
    }
  }

  List<CheckFinding> kept() {
    return List.copyOf(kept);
  }

  long fatalCount() {
    return fatalCount;
  }

  long nonFatalCount() {
    return nonFatalCount;
  }
}
