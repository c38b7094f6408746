// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.pool.CrashReplay;
import io.veneer.thinpool.pool.RandomRun;
import org.junit.jupiter.api.Test;

/**
 * The checker finds nothing in what any crash leaves, before the pool is opened and after it went
 * on: neither damage nor a leak. Repeated by {@code -Dveneer.seed=N}.
 */
class CrashCheckTest {
  private static final int STEPS = 60;
  private static final int STATES = 4000;

  @Test
  void findsNothingInAnyCrashState() {
    long seed = Long.getLong("veneer.seed", 5000);
    int states = 0;
    for (; states < STATES; seed++) {
      RandomRun run = new RandomRun(seed);
      run.run(STEPS, step -> false);
      try {
        states += new CrashReplay(run, CrashCheckTest::requireSound).check(1);
      } catch (RuntimeException e) {
        throw new AssertionError("repeat with -Dveneer.seed=" + seed, e);
      }
    }
    assertTrue(states >= STATES);
  }

  private static void requireSound(RecordingPoolFiles files) {
    CheckReport report = PoolCheck.run(files, CheckOptions.standard());
    for (CheckFinding finding : report.findings()) {
      boolean tornSlot = !finding.isFatal() && finding.path().startsWith("superblock");
      if (!tornSlot) {
        throw new IllegalStateException(finding.severity() + " " + finding.message());
      }
    }
  }
}
