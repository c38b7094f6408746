// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.util.Arrays;

/** Archives whose headers a test has changed. */
final class Checksums {
  private Checksums() {}

  /** Makes the checksum of every block right that has the magic of a header. */
  static byte[] repaired(byte[] tar) {
    byte[] repaired = tar.clone();
    for (int begin = 0; begin < tar.length; begin += TarFormat.BLOCK_BYTES) {
      byte[] block = Arrays.copyOfRange(repaired, begin, begin + TarFormat.BLOCK_BYTES);
      if (TarFormat.isPosix(block)) {
        TarFormat.seal(block);
        System.arraycopy(block, 0, repaired, begin, block.length);
      }
    }
    return repaired;
  }
}
