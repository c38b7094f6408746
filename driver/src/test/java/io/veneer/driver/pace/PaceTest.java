// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.pace;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When requests are handed to workers. */
class PaceTest {
  private long now;
  private long bytes = 4096;
  private final Pace pace = new Pace(100_000, () -> now);

  private void took(int times, long nanos) {
    for (int i = 0; i < times; i++) {
      pace.took(nanos, bytes);
    }
  }

  private void pass(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void aNewClientMayBeSlowerForATime() {
    took(1900, 250_000);
    assertFalse(pace.isSlow());
    took(200, 250_000);
    assertTrue(pace.isSlow());
  }

  @Test
  void aNewClientOfASlowDiskIsSlow() {
    took(50, 1_000_000);
    assertTrue(pace.isSlow());
  }

  @Test
  void slowRequestsGoToWorkersForAWhile() {
    took(2000, 1_000);
    assertFalse(pace.isSlow());
    took(50, 200_000);
    assertTrue(pace.isSlow());
    pass(9);
    assertTrue(pace.isSlow());
    pass(1);
    assertFalse(pace.isSlow());
  }

  @Test
  void whatWorkersNeedSaysNothing() {
    took(2000, 1_000);
    took(50, 200_000);
    assertTrue(pace.isSlow());
    took(1000, 10_000_000);
    pass(10);
    assertFalse(pace.isSlow());
    took(1, 300_000);
    assertFalse(pace.isSlow());
  }

  @Test
  void aSlowDiskIsTriedMoreAndMoreSeldom() {
    int trials = 0;
    for (int millis = 0; millis < 10_000; millis++) {
      if (!pace.isSlow()) {
        trials++;
        took(50, 1_000_000);
      }
      pass(1);
    }
    assertTrue(trials > 15 && trials < 25, "trials=" + trials);
  }

  @Test
  void aDiskThatIsQuickAgainIsNotHeldAgainstTheClient() {
    for (int i = 0; i < 10; i++) {
      took(50, 1_000_000);
      pass(640);
      assertFalse(pace.isSlow());
    }
    took(2000, 1_000);
    took(50, 1_000_000);
    pass(10);
    assertFalse(pace.isSlow());
  }

  @Test
  void oneLongRequestIsForgottenSoon() {
    took(100, 1_000);
    took(1, 10_000_000_000L);
    took(60, 1_000);
    assertFalse(pace.isSlow());
  }

  @Test
  void longRequestsNowAndThenChangeNothing() {
    for (int i = 0; i < 1000; i++) {
      took(7, 20_000);
      took(1, 10_000_000);
    }
    assertFalse(pace.isSlow());
  }

  @Test
  void largeRequestsMayTakeLonger() {
    bytes = 1 << 20;
    took(50, 400_000);
    assertFalse(pace.isSlow());
  }
}
