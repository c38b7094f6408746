// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.Alone;
import java.util.stream.IntStream;

/** Docker on thin devices, each with a file system. */
@Alone
class DockerPluginThinIT extends PluginTrial {
  private static final int BLOCK_BYTES = 64 << 10;
  private static final int BLOCKS_MAX = 100;
  private static final int SHOWN_DIGITS = 3;

  @Override
  String driver() {
    return "thin";
  }

  /** Docker shows three digits of the bytes; a container's own are whole blocks. */
  @Override
  void checkSize(String size) {
    String shown = size.split(" ")[0];
    boolean wholeBlocks =
        IntStream.rangeClosed(1, BLOCKS_MAX)
            .mapToObj(blocks -> PoolStatusRows.size((long) blocks * BLOCK_BYTES, SHOWN_DIGITS))
            .anyMatch(shown::equals);
    assertTrue(wholeBlocks, size);
  }

  /** What is not in the page cache cannot be read any more by a container that goes on. */
  @Override
  void afterAKill() {
    // That new containers start is enough.
  }
}
