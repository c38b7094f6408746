// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.transaction.StagedBlock;
import java.nio.ByteBuffer;

/**
 * A device record or text block on its way to the file; the body was encoded when it was frozen.
 */
record StagedImage(BlockType type, BlockHeaderFormat.Header header, ByteBuffer body)
    implements StagedBlock {
  @Override
  public long block() {
    return header.block();
  }

  @Override
  public void encode(ByteBuffer image) {
    int from = BlockHeaderFormat.LENGTH;
    image.put(from, body, from, BlockHeaderFormat.BODY_BYTES);
    BlockHeaderFormat.seal(image, type, header);
  }
}
