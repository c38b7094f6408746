// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SnapshotFilterTest {
  private static final SnapshotInfo INFO =
      new SnapshotInfo(
          "default/3/sha256:ab",
          "base",
          SnapshotKind.COMMITTED,
          Instant.EPOCH,
          Instant.EPOCH,
          Map.of("containerd.io/snapshot.ref", "sha256:ab", "empty", "", "odd", "a,\"b\""));

  @Test
  void selectorsOfOneFilterMustAllHold() {
    assertTrue(matches("kind==committed,parent==base"));
    assertFalse(matches("kind==committed,parent==other"));
  }

  @Test
  void oneOfSeveralFiltersIsEnough() {
    assertTrue(matches("parent==other", "name~=^default/"));
    assertFalse(matches("parent==other", "name~=^other/"));
    assertTrue(matches());
  }

  @Test
  void labelsWithDotsAndSlashesCanBeQuoted() {
    assertTrue(matches("labels.\"containerd.io/snapshot.ref\"==\"sha256:ab\",parent==base"));
    assertTrue(matches("labels.containerd.io/snapshot.ref==sha256:ab"));
    assertFalse(matches("labels.\"containerd.io/snapshot.ref\"!=sha256:ab"));
  }

  @Test
  void quotedValuesMayHoldCommasAndQuotes() {
    assertTrue(matches("labels.odd==\"a,\\\"b\\\"\",kind==committed"));
    assertFalse(matches("labels.odd==a"));
  }

  @Test
  void aFieldAloneHoldsWhereItIsPresent() {
    assertTrue(matches("labels.empty"));
    assertFalse(matches("labels.nothing"));
    assertTrue(matches("parent"));
  }

  @Test
  void whatCannotBeReadIsRefused() {
    for (String filter :
        List.of("size==3", "name=x", "name==a b\"", "labels.==x", "name~=(", ",")) {
      DriverException e =
          assertThrows(DriverException.class, () -> SnapshotFilter.parse(filter), filter);
      assertEquals(Kind.INVALID_ARGUMENT, e.kind());
      assertTrue(e.getMessage().contains(filter), e.getMessage());
    }
  }

  private static boolean matches(String... filters) {
    return SnapshotFilter.parse(filters).test(INFO);
  }
}
