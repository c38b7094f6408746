// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** When requests are handed to workers. */
class PaceTest {
  private final Pace pace = new Pace();
  private final Request request = new Request(null, null);

  private void took(int times, long nanos) {
    for (int i = 0; i < times; i++) {
      pace.took(request, nanos);
    }
  }

  @Test
  void followsWhatMostRequestsTake() {
    assertFalse(pace.isSlow());
    took(50, 200_000);
    assertTrue(pace.isSlow());
    took(200, 1_000);
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
    request.length = 1 << 20;
    took(50, 400_000);
    assertFalse(pace.isSlow());
  }

  @Test
  void flushesAndDurableWritesDoNotCount() {
    request.type = NbdProtocol.NBD_CMD_FLUSH;
    took(50, 10_000_000);
    request.type = NbdProtocol.NBD_CMD_WRITE;
    request.flags = NbdProtocol.NBD_CMD_FLAG_FUA;
    took(50, 10_000_000);
    assertFalse(pace.isSlow());
  }
}
