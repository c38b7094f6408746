// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.compare.WritePlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells whether a container's large file holds what it should: the image, the container's last
 * write to each of its places, and what was appended. Stateless but for the plan; any thread.
 */
final class LargeFileCheck {
  private static final int CHUNK_BYTES = 1 << 20;

  private final Path image;
  private final WritePlan plan;
  private final byte[] appended;

  LargeFileCheck(Path image, WritePlan plan, byte[] appended) {
    this.image = image;
    this.plan = plan;
    this.appended = appended.clone();
  }

  /** Fails with DATA_LOSS if a byte is wrong; figures of a driver that loses data mean nothing. */
  void require(Path file, int container, String driver) throws IOException {
    long wrong = firstWrongByte(file, container);
    if (wrong >= 0) {
      throw new DriverException(
          Kind.DATA_LOSS,
          "a container's file is not what was written driver="
              + driver
              + " container="
              + container
              + " offset="
              + wrong);
    }
  }

  private long firstWrongByte(Path file, int container) throws IOException {
    Map<Long, Integer> writes = writesByOffset(container);
    ByteBuffer expected = ByteBuffer.allocateDirect(CHUNK_BYTES + appended.length);
    ByteBuffer found = ByteBuffer.allocateDirect(CHUNK_BYTES + appended.length);
    try (FileChannel left = FileChannel.open(image);
        FileChannel right = FileChannel.open(file)) {
      if (right.size() != left.size() + appended.length) {
        return Math.min(right.size(), left.size());
      }
      for (long offset = 0; offset < left.size(); offset += CHUNK_BYTES) {
        boolean last = offset + CHUNK_BYTES >= left.size();
        fill(left, offset, expected.clear().limit(CHUNK_BYTES));
        apply(writes, container, offset, expected);
        if (last) {
          expected.limit(expected.capacity()).put(appended);
        }
        fill(right, offset, found.clear().limit(expected.position()));
        int mismatch = expected.flip().mismatch(found.flip());
        if (mismatch >= 0) {
          return offset + mismatch;
        }
      }
    }
    return -1;
  }

  private Map<Long, Integer> writesByOffset(int container) {
    Map<Long, Integer> writes = new TreeMap<>();
    for (int write = 0; write < plan.writesPerContainer(); write++) {
      writes.put(plan.offset(container, write), write);
    }
    return writes;
  }

  /** Puts the last pass's bytes over those of the image. */
  private void apply(Map<Long, Integer> writes, int container, long offset, ByteBuffer chunk) {
    ByteBuffer bytes = ByteBuffer.allocate(plan.writeBytes());
    for (Map.Entry<Long, Integer> write : writes.entrySet()) {
      long inChunk = write.getKey() - offset;
      if (inChunk >= 0 && inChunk + plan.writeBytes() <= chunk.position()) {
        plan.fill(bytes, container, WritePlan.PASSES - 1, write.getValue());
        chunk.put((int) inChunk, bytes, 0, plan.writeBytes());
      }
    }
  }

  private static void fill(FileChannel channel, long offset, ByteBuffer target) throws IOException {
    long position = offset;
    while (target.hasRemaining()) {
      int count = channel.read(target, position);
      if (count < 0) {
        return;
      }
      position += count;
    }
  }
}
