// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.transaction;

import io.veneer.thinpool.file.MetadataFile;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.BlockType;
import java.nio.ByteBuffer;

/**
 * Reads metadata blocks from the file and verifies them. Any thread; the image belongs to the
 * thread and is valid until its next read.
 */
public final class BlockReader {
  private final MetadataFile file;
  private final long poolId;
  private final ThreadLocal<ByteBuffer> images =
      ThreadLocal.withInitial(BlockHeaderFormat::newBlock);

  BlockReader(MetadataFile file, long poolId) {
    this.file = file;
    this.poolId = poolId;
  }

  /**
   * Reads one block.
   *
   * @param block where
   * @param type what it must be
   * @return its image from index 0, verified
   * @throws io.veneer.thinpool.CorruptMetadataException if it is something else
   */
  public ByteBuffer read(long block, BlockType type) {
    ByteBuffer image = images.get().clear();
    file.read(block, image);
    BlockHeaderFormat.verify(image, type, block, poolId);
    return image.clear();
  }
}
