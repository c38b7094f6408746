// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Why requests fail is said, and not again for each. */
class FailureLogTest {
  private final FailureLog log = new FailureLog();

  @Test
  void eachCauseIsToldOnce() {
    assertTrue(log.tell("disk", FuseProtocol.WRITE, new IllegalStateException("first")));
    assertFalse(log.tell("disk", FuseProtocol.WRITE, new IllegalStateException("second")));
    assertTrue(log.tell("disk", FuseProtocol.WRITE, new IllegalArgumentException("another")));
    assertTrue(new FailureLog().tell("other", FuseProtocol.WRITE, new IllegalStateException("x")));
  }
}
