// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolStatusRowsTest {
  @Test
  void sizesAreWrittenAsDockerWritesThem() {
    assertEquals("0B", PoolStatusRows.size(0));
    assertEquals("999B", PoolStatusRows.size(999));
    assertEquals("65.54kB", PoolStatusRows.size(65536));
    assertEquals("107.4GB", PoolStatusRows.size(100L << 30));
    assertEquals("200GB", PoolStatusRows.size(200_000_000_000L));
    assertEquals("9223PB", PoolStatusRows.size(Long.MAX_VALUE));
  }

  @Test
  void rowsSayWhetherFreedBlocksGoBackToTheHost() {
    assertEquals("true", discardPassdown(true));
    assertEquals("false", discardPassdown(false));
  }

  private static String discardPassdown(boolean passdown) {
    PoolStatus status =
        new PoolStatus(
            PoolMode.values()[0],
            false,
            false,
            0,
            0,
            65536,
            1000,
            5000,
            5000,
            0,
            0,
            0,
            10,
            100,
            0,
            0,
            0,
            passdown,
            NoSpacePolicy.values()[0],
            1,
            0,
            0);
    List<StatusRow> rows = PoolStatusRows.of("pool", status);
    return rows.stream()
        .filter(row -> row.name().equals("Discard Passdown"))
        .findFirst()
        .orElseThrow()
        .value();
  }
}
