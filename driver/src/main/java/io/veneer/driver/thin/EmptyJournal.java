// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static io.veneer.driver.thin.PoolErrors.translated;

import io.veneer.driver.ext4.Ext4FileSystem;
import io.veneer.thinpool.BlockDevice;
import java.util.function.Supplier;

/**
 * Gives back what an empty journal holds of blocks. A journal is written round and round, so that
 * after a while it holds as much as it is long, 64 MiB or more, of what is in its place already;
 * without this every layer would store it. A journal of zeroes is what mkfs makes. Stateless; any
 * thread.
 */
final class EmptyJournal {
  private EmptyJournal() {}

  /** Does nothing where the journal is not empty, or is not where it is looked for. */
  static void giveBack(Supplier<BlockDevice> opening) {
    try (BlockDevice device = translated(opening)) {
      if (Ext4FileSystem.isOn(device)) {
        long unit = device.blockSizeBytes();
        translated(
            () ->
                Ext4FileSystem.open(device)
                    .emptyJournal(
                        (offset, lengthBytes) -> {
                          long begin = (offset + unit - 1) / unit * unit;
                          long end = (offset + lengthBytes) / unit * unit;
                          if (begin < end) {
                            device.discard(begin, end - begin);
                          }
                        }));
      }
    }
  }
}
