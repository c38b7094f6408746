// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static io.veneer.driver.thin.PoolErrors.translated;

import io.veneer.thinpool.BlockDevice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;

/**
 * Tells whether an ext4 volume was not unmounted, so that its journal must be replayed before it
 * can be mounted read-only. Other file systems bear that. Source: the kernel's documentation of
 * ext4, the super block. Stateless; any thread.
 */
final class UncleanVolume {
  private static final int SUPERBLOCK_OFFSET = 1024;
  private static final int SUPERBLOCK_BYTES = 1024;
  private static final int MAGIC_OFFSET = 0x38;
  private static final int MAGIC = 0xEF53;
  private static final int INCOMPATIBLE_FEATURES_OFFSET = 0x60;
  private static final int NEEDS_RECOVERY = 0x4;

  private UncleanVolume() {}

  static boolean needsReplay(Supplier<BlockDevice> opening) {
    ByteBuffer superblock =
        ByteBuffer.allocateDirect(SUPERBLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (BlockDevice device = translated(opening)) {
      translated(() -> device.read(SUPERBLOCK_OFFSET, superblock));
    }
    boolean ext4 = Short.toUnsignedInt(superblock.getShort(MAGIC_OFFSET)) == MAGIC;
    return ext4 && (superblock.getInt(INCOMPATIBLE_FEATURES_OFFSET) & NEEDS_RECOVERY) != 0;
  }
}
