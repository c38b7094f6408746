// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.space;

import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.transaction.StagedBlock;
import java.nio.ByteBuffer;

/** A counts block or count index block on its way to the file. */
record StagedPage(
    BlockType type, long block, int index, byte[] body, int used, long sequence, long poolId)
    implements StagedBlock {
  @Override
  public void encode(ByteBuffer image) {
    image.put(BlockHeaderFormat.LENGTH, body);
    BlockHeaderFormat.seal(
        image, type, new BlockHeaderFormat.Header(block, 0, sequence, poolId, index, used, 0));
  }
}
