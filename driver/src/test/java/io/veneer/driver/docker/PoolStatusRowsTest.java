// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
}
