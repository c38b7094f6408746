// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Copies a raw image to a fresh device. Blocks of zeroes are left out: the device reads as zeroes
 * where it was never written. One thread.
 */
final class ImportCopy {
  /** Makes a device that is too small larger. */
  @FunctionalInterface
  interface Growth {
    /** Makes room up to an offset, or refuses with a {@link CommandFailure}. */
    void require(long endOffset);
  }

  private final RawSource source;
  private final Growth growth;
  private final Progress progress;

  ImportCopy(RawSource source, Growth growth, Progress progress) {
    this.source = source;
    this.growth = growth;
    this.progress = progress;
  }

  /** Copies all of it; not durable before a flush. */
  void to(BlockDevice device) throws IOException {
    ByteBuffer buffer = Chunks.newBuffer();
    for (long at = source.next(buffer); at >= 0; at = source.next(buffer)) {
      long endOffset = at + buffer.limit();
      growth.require(endOffset);
      writeData(device, at, buffer);
      progress.at(endOffset);
    }
  }

  /** Writes the runs of blocks that are not all zeroes, each run with one request. */
  private static void writeData(BlockDevice device, long at, ByteBuffer buffer) {
    int blockBytes = device.blockSizeBytes();
    int end = buffer.limit();
    int from = 0;
    while (from < end) {
      int data = skipZeroes(buffer, from, end, blockBytes);
      int dataEnd = skipData(buffer, data, end, blockBytes);
      if (data < dataEnd) {
        device.write(at + data, buffer.slice(data, dataEnd - data), false);
      }
      from = dataEnd;
    }
  }

  private static int skipZeroes(ByteBuffer buffer, int from, int end, int blockBytes) {
    int at = from;
    while (at < end && Chunks.isZero(buffer, at, Math.min(blockBytes, end - at))) {
      at += blockBytes;
    }
    return Math.min(at, end);
  }

  private static int skipData(ByteBuffer buffer, int from, int end, int blockBytes) {
    int at = from;
    while (at < end && !Chunks.isZero(buffer, at, Math.min(blockBytes, end - at))) {
      at += blockBytes;
    }
    return Math.min(at, end);
  }
}
