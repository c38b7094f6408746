// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import io.veneer.driver.archive.TarEntry.Content;
import io.veneer.driver.archive.TarEntry.Piece;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Brings an entry's bytes into a file.
 *
 * <p>Into a file that holds something already only the pages are written that differ, so that the
 * file system never hears of the others and a copy-on-write device below copies nothing for them.
 * The comparison costs a read of the old content; the pages come from the cache or are read ahead,
 * and a page that is not written need not be written back. One thread; owns two buffers.
 */
final class ContentWriter {
  private static final int BUFFER_BYTES = 256 << 10;

  /** What is compared and written at a time: a page, the least that a file system writes. */
  private static final int PAGE_BYTES = 4 << 10;

  private final byte[] bytes = new byte[BUFFER_BYTES];
  private final ByteBuffer fresh = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final ByteBuffer old = ByteBuffer.allocateDirect(BUFFER_BYTES);

  /** Fills a file that was just made. */
  void write(TarReader reader, Content content, OpenFile file) throws IOException {
    for (Piece piece : content.pieces()) {
      long offset = piece.offset();
      long end = offset + piece.lengthBytes();
      while (offset < end) {
        fill(reader, Math.min(BUFFER_BYTES, end - offset));
        file.write(fresh, offset);
        offset += fresh.limit();
      }
    }
    if (endsInHole(content)) {
      file.setSize(content.sizeBytes());
    }
  }

  private static boolean endsInHole(Content content) {
    if (content.pieces().isEmpty()) {
      return content.sizeBytes() > 0;
    }
    Piece last = content.pieces().get(content.pieces().size() - 1);
    return last.offset() + last.lengthBytes() < content.sizeBytes();
  }

  /**
   * Makes a file hold other bytes, writing only what differs; not even the size is set to what it
   * is, which would change a time. The content has no holes.
   */
  void writeDifferences(TarReader reader, Content content, OpenFile file, long oldBytes)
      throws IOException {
    long end = content.sizeBytes();
    long offset = 0;
    while (offset < end) {
      fill(reader, Math.min(BUFFER_BYTES, end - offset));
      int lengthBytes = fresh.limit();
      file.read(old.clear().limit(lengthBytes), offset);
      writeChangedRuns(file, offset, lengthBytes, old.position());
      offset += lengthBytes;
    }
    if (oldBytes > end) {
      file.setSize(end);
    }
  }

  private void writeChangedRuns(OpenFile file, long offset, int lengthBytes, int oldBytes)
      throws IOException {
    int begin = 0;
    while (begin < lengthBytes) {
      int end = begin;
      while (end < lengthBytes && !isSame(end, lengthBytes, oldBytes)) {
        end += PAGE_BYTES;
      }
      int runEnd = Math.min(end, lengthBytes);
      if (runEnd > begin) {
        file.write(fresh.limit(runEnd).position(begin), offset + begin);
      }
      begin = end + PAGE_BYTES;
    }
  }

  private boolean isSame(int page, int lengthBytes, int oldBytes) {
    int pageEnd = Math.min(page + PAGE_BYTES, lengthBytes);
    return pageEnd <= oldBytes
        && fresh.limit(pageEnd).position(page).equals(old.limit(pageEnd).position(page));
  }

  private void fill(TarReader reader, long lengthBytes) throws IOException {
    int wanted = (int) lengthBytes;
    int got = 0;
    while (got < wanted) {
      got += reader.read(bytes, got, wanted - got);
    }
    fresh.clear();
    fresh.put(bytes, 0, wanted).flip();
  }
}
