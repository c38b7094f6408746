// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import io.veneer.driver.archive.TarEntry.Content;
import io.veneer.driver.archive.TarEntry.Piece;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the stored bytes of a sparse file go, in the four forms that GNU tar wrote over the years:
 * in its own header (type S), in pax records (0.0, 0.1), or in front of the content (1.0). One
 * thread.
 */
final class SparseMap {
  /** Gives the map's next block. */
  interface Blocks {
    byte[] next(boolean countsAsContent) throws IOException;
  }

  private static final int PIECES_MAX = 1 << 20;

  private final long sizeBytes;
  private final List<Piece> pieces = new ArrayList<>();

  SparseMap(long sizeBytes) {
    this.sizeBytes = sizeBytes;
  }

  /** GNU tar's own form: pieces in the header, and in blocks behind it. */
  static SparseMap ofHeader(byte[] header, Blocks blocks) throws IOException {
    SparseMap map = new SparseMap(TarFormat.number(header, TarFormat.SPARSE_SIZE));
    map.addPieces(header, TarFormat.SPARSE_OFFSET, TarFormat.SPARSE_PIECES);
    boolean more = header[TarFormat.SPARSE_MORE_OFFSET] != 0;
    while (more) {
      byte[] block = blocks.next(false);
      map.addPieces(block, 0, TarFormat.SPARSE_NEXT_PIECES);
      more = block[TarFormat.SPARSE_NEXT_MORE_OFFSET] != 0;
    }
    return map;
  }

  private void addPieces(byte[] block, int begin, int count) {
    int width = TarFormat.SPARSE_NUMBER_BYTES;
    for (int i = 0; i < count; i++) {
      int place = begin + 2 * i * width;
      if (block[place] == 0) {
        return;
      }
      add(
          TarFormat.number(block, new TarFormat.Field(place, width)),
          TarFormat.number(block, new TarFormat.Field(place + width, width)));
    }
  }

  /** Offsets and lengths in turn, with commas between. */
  static SparseMap ofText(String text, long sizeBytes) {
    SparseMap map = new SparseMap(sizeBytes);
    String[] numbers = text.split(",");
    if (numbers.length % 2 != 0) {
      throw new NumberFormatException("a sparse map has an offset without a length");
    }
    for (int i = 0; i < numbers.length; i += 2) {
      map.add(Long.parseLong(numbers[i]), Long.parseLong(numbers[i + 1]));
    }
    return map;
  }

  /** In front of the content: a count, then offsets and lengths, a number a line. */
  static SparseMap ofContent(long sizeBytes, Blocks blocks) throws IOException {
    SparseMap map = new SparseMap(sizeBytes);
    Lines lines = new Lines(blocks);
    long count = lines.next();
    for (long i = 0; i < count; i++) {
      map.add(lines.next(), lines.next());
    }
    return map;
  }

  private static final class Lines {
    private static final int DIGITS_MAX = 20;

    private final Blocks blocks;
    private byte[] block = {};
    private int place;

    Lines(Blocks blocks) {
      this.blocks = blocks;
    }

    long next() throws IOException {
      StringBuilder digits = new StringBuilder();
      while (true) {
        if (place == block.length) {
          block = blocks.next(true);
          place = 0;
        }
        char each = (char) block[place++];
        if (each == '\n') {
          return Long.parseLong(digits.toString());
        }
        if (digits.append(each).length() > DIGITS_MAX) {
          throw new NumberFormatException("a number is too long");
        }
      }
    }
  }

  private void add(long offset, long lengthBytes) {
    long end = pieces.isEmpty() ? 0 : end(pieces.get(pieces.size() - 1));
    boolean fits =
        offset >= end
            && lengthBytes >= 0
            && lengthBytes <= sizeBytes - offset
            && pieces.size() < PIECES_MAX;
    if (!fits) {
      throw new NumberFormatException("a sparse map has pieces that do not fit");
    }
    pieces.add(new Piece(offset, lengthBytes));
  }

  private static long end(Piece piece) {
    return piece.offset() + piece.lengthBytes();
  }

  /** The content, if as much is stored as the pieces hold. */
  Content content(long storedBytes) {
    long sum = pieces.stream().mapToLong(Piece::lengthBytes).sum();
    if (sum != storedBytes || sizeBytes < 0) {
      throw new NumberFormatException("a sparse map does not match its content");
    }
    return new Content(sizeBytes, storedBytes, List.copyOf(pieces));
  }
}
