// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolStatus;
import java.nio.file.Path;
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

  @Test
  void rowsSayWhatThePoolIs() {
    assertEquals("main", row("Pool Name", true));
    assertEquals("10.74GB", row("Base Device Size", true));
    assertEquals("ext4", row("Backing Filesystem", true));
    assertEquals("/srv/main/data", row("Data file", true));
    assertEquals("/srv/main/metadata", row("Metadata file", true));
    assertEquals("1.2", row("Library Version", true));
  }

  private static String discardPassdown(boolean passdown) {
    return row("Discard Passdown", passdown);
  }

  private static String row(String name, boolean passdown) {
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
            60_000,
            1,
            0,
            0);
    PoolPlace place = new PoolPlace(Path.of("/srv/main"), "ext4", 10L << 30, "1.2");
    List<StatusRow> rows = PoolStatusRows.of(place, status);
    return rows.stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow().value();
  }
}
