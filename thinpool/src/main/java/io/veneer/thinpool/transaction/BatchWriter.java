// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.transaction;

import io.veneer.thinpool.file.MetadataFile;
import io.veneer.thinpool.format.BlockHeaderFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;

/**
 * Writes the blocks of a commit in ascending order, neighbours in one write. One thread at a time.
 */
final class BatchWriter {
  private static final int BATCH_BLOCKS = 64;
  private static final int BLOCK = BlockHeaderFormat.BLOCK_BYTES;

  private final MetadataFile file;
  private final ByteBuffer batch =
      ByteBuffer.allocateDirect(BATCH_BLOCKS * BLOCK).order(ByteOrder.LITTLE_ENDIAN);
  private final byte[] zeroes = new byte[BLOCK];

  BatchWriter(MetadataFile file) {
    this.file = file;
  }

  void write(List<StagedBlock> blocks) {
    blocks.sort(Comparator.comparingLong(StagedBlock::block));
    int begin = 0;
    while (begin < blocks.size()) {
      int end = endOfRun(blocks, begin);
      writeRun(blocks.subList(begin, end));
      begin = end;
    }
  }

  private static int endOfRun(List<StagedBlock> blocks, int begin) {
    long first = blocks.get(begin).block();
    int end = begin + 1;
    while (end < blocks.size()
        && end - begin < BATCH_BLOCKS
        && blocks.get(end).block() == first + (end - begin)) {
      end++;
    }
    return end;
  }

  private void writeRun(List<StagedBlock> run) {
    batch.clear();
    for (int i = 0; i < run.size(); i++) {
      ByteBuffer image = batch.slice(i * BLOCK, BLOCK).order(ByteOrder.LITTLE_ENDIAN);
      image.put(0, zeroes);
      run.get(i).encode(image);
    }
    batch.limit(run.size() * BLOCK);
    file.write(run.get(0).block(), batch);
  }
}
