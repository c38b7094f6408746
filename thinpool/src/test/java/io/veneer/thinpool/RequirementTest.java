// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** Which tests are skipped, and where. */
class RequirementTest {
  @Test
  void whatIsMissingSkipsTheTest() {
    TestAbortedException skipped =
        assertThrows(
            TestAbortedException.class,
            () -> Requirement.skipUnless(false, "in this test only", false));
    assertEquals("in this test only", skipped.getMessage());
  }

  @Test
  void whatIsMissingFailsWhereAllMustBeTried() {
    AssertionFailedError failed =
        assertThrows(
            AssertionFailedError.class,
            () -> Requirement.skipUnless(false, "in this test only", true));
    assertEquals(
        "must not be skipped where VENEER_REQUIRE_ALL is set: in this test only",
        failed.getMessage());
  }

  @Test
  void aKernelIsComparedByItsNumbers() {
    assertDoesNotThrow(() -> Requirement.skipBelowLinux(2, 99, "a test"));
    TestAbortedException skipped =
        assertThrows(
            TestAbortedException.class, () -> Requirement.skipBelowLinux(99, 2, "this test only"));
    assertEquals("this test only takes Linux 99.2", skipped.getMessage());
  }

  @Test
  void whatIsThereIsTried() {
    assertDoesNotThrow(() -> Requirement.skipUnless(true, "in this test only", true));
    assertDoesNotThrow(() -> Requirement.skipUnless(true, "in this test only", false));
  }
}
