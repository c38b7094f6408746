// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import io.veneer.thinpool.BlockDevice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Blocks of the file system, the last ones kept, with what a journal has not yet brought to its
 * place laid over them. One thread at a time. The buffers that come out belong to this class and
 * are never changed by it; who keeps one keeps its bytes.
 */
final class BlockReader {
  private static final int KEPT_BLOCKS = 2048;

  private final BlockDevice device;
  private final int blockBytes;
  private final long blocks;
  private final Map<Long, ByteBuffer> overlay;
  private final Map<Long, ByteBuffer> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, ByteBuffer> eldest) {
          return size() > KEPT_BLOCKS;
        }
      };

  BlockReader(BlockDevice device, Geometry geometry, Map<Long, ByteBuffer> overlay) {
    this.device = device;
    this.blockBytes = geometry.blockBytes();
    this.blocks = geometry.blocks();
    this.overlay = overlay;
  }

  int blockBytes() {
    return blockBytes;
  }

  long blocks() {
    return blocks;
  }

  /** The blocks that the device does not have in their place yet. */
  Set<Long> replayedBlocks() {
    return overlay.keySet();
  }

  /** A whole block, to be read only, little-endian. */
  ByteBuffer block(long number) {
    ByteBuffer replayed = overlay.get(number);
    if (replayed != null) {
      return replayed;
    }
    return kept.computeIfAbsent(number, this::fetch);
  }

  private ByteBuffer fetch(long number) {
    checkRange(number, 1);
    ByteBuffer buffer = ByteBuffer.allocate(blockBytes).order(ByteOrder.LITTLE_ENDIAN);
    device.read(number * blockBytes, buffer);
    return buffer.clear();
  }

  /** Fills a buffer from neighbouring blocks; nothing is kept. */
  void read(long firstBlock, long skipBytes, ByteBuffer target) {
    long at = firstBlock * blockBytes + skipBytes;
    long endBlock = Geometry.ceilDiv(at + target.remaining(), blockBytes);
    checkRange(firstBlock, endBlock - firstBlock);
    if (overlay.isEmpty()) {
      device.read(at, target);
      return;
    }
    while (target.hasRemaining()) {
      at += readWithin(at, target);
    }
  }

  private int readWithin(long at, ByteBuffer target) {
    int skip = (int) (at % blockBytes);
    int count = Math.min(target.remaining(), blockBytes - skip);
    ByteBuffer replayed = overlay.get(at / blockBytes);
    if (replayed != null) {
      target.put(replayed.duplicate().position(skip).limit(skip + count));
    } else {
      int limit = target.limit();
      device.read(at, target.limit(target.position() + count));
      target.limit(limit);
    }
    return count;
  }

  /** Throws unless blocks lie in the file system. */
  void checkRange(long first, long count) {
    Damage.unless(
        first >= 0 && count >= 0 && first < blocks && count <= blocks - first,
        "block number outside of " + blocks + " blocks, count=" + count,
        "block",
        first);
  }
}
