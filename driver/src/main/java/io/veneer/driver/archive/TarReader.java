// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads an uncompressed archive entry by entry: POSIX ustar and pax, GNU tar with long names and
 * sparse files of every kind, and what came before them. What cannot be read ends in a {@link
 * io.veneer.driver.DriverException}: DATA_LOSS for an archive that is cut short or damaged,
 * INVALID_ARGUMENT for entries that are not known.
 *
 * <p>Names and attributes are bytes here from end to end; libraries that take them for UTF-8 lose
 * file capabilities and access control lists. One thread; the stream is the caller's.
 */
final class TarReader {
  /** More than any name or attribute list needs; it is held in memory. */
  private static final int EXTRAS_BYTES_MAX = 1 << 20;

  private final InputStream stream;
  private final PaxRecords globals = new PaxRecords();
  private long offset;
  private long remainingBytes;
  private int paddingBytes;

  TarReader(InputStream stream) {
    this.stream = stream;
  }

  /** The next entry, its content ready to be read; empty behind the last. */
  Optional<TarEntry> next() throws IOException {
    skipContent();
    EntryParser parser = new EntryParser(globals);
    while (true) {
      long begin = offset;
      byte[] block = new byte[TarFormat.BLOCK_BYTES];
      if (!readHeader(block)) {
        return Optional.empty();
      }
      try {
        if (!readExtras(parser, block)) {
          return Optional.of(readEntry(parser, block));
        }
      } catch (NumberFormatException | ArithmeticException e) {
        throw ArchiveErrors.damaged("a number cannot be read", begin);
      }
    }
  }

  /** Where the stored bytes of the current entry that were not read yet begin. */
  long offset() {
    return offset;
  }

  /** Reads stored bytes of the current entry; -1 behind the last. */
  int read(byte[] target, int begin, int lengthBytes) throws IOException {
    int wanted = (int) Math.min(lengthBytes, remainingBytes);
    if (wanted == 0) {
      return -1;
    }
    int count = stream.read(target, begin, wanted);
    if (count < 0) {
      throw ArchiveErrors.cutShort(offset);
    }
    offset += count;
    remainingBytes -= count;
    return count;
  }

  /** Reads what is behind the archive's end, so that whoever checks the stream sees all of it. */
  void drain() throws IOException {
    byte[] waste = new byte[64 << 10];
    int count = stream.read(waste);
    while (count >= 0) {
      count = stream.read(waste);
    }
  }

  /** False at the end: a block of zeroes, or no byte at all. */
  private boolean readHeader(byte[] block) throws IOException {
    long begin = offset;
    int count = stream.readNBytes(block, 0, block.length);
    offset += count;
    if (count == 0 && begin == 0) {
      return false;
    }
    if (count < block.length) {
      throw ArchiveErrors.cutShort(offset);
    }
    if (TarFormat.isZero(block)) {
      return false;
    }
    if (!TarFormat.hasRightChecksum(block)) {
      throw ArchiveErrors.damaged("a header has a wrong checksum", begin);
    }
    return true;
  }

  /** Takes a header that only tells more of the next entry. */
  private boolean readExtras(EntryParser parser, byte[] block) throws IOException {
    switch ((char) block[TarFormat.TYPE_OFFSET]) {
      case TarFormat.PAX, TarFormat.PAX_SOLARIS -> parser.addRecords(readSmallContent(block));
      case TarFormat.PAX_GLOBAL -> {
        byte[] records = readSmallContent(block);
        globals.add(records, offset);
        parser.addRecords(records);
      }
      case TarFormat.GNU_LONG_NAME -> parser.setLongName(readSmallContent(block));
      case TarFormat.GNU_LONG_LINK -> parser.setLongLink(readSmallContent(block));
      case TarFormat.GNU_VOLUME -> begin(size(block));
      default -> {
        return false;
      }
    }
    skipContent();
    return true;
  }

  private TarEntry readEntry(EntryParser parser, byte[] block) throws IOException {
    begin(parser.storedBytes(block));
    SparseMap sparse = parser.sparseMap(block, this::readBlock);
    return parser.entry(block, sparse, remainingBytes);
  }

  /**
   * One more block of a sparse map: in GNU's own form before the content, in pax's a part of it.
   */
  private byte[] readBlock(boolean countsAsContent) throws IOException {
    byte[] block = new byte[TarFormat.BLOCK_BYTES];
    if (countsAsContent && remainingBytes < block.length) {
      throw ArchiveErrors.damaged("a sparse map is longer than its content", offset);
    }
    int count = stream.readNBytes(block, 0, block.length);
    offset += count;
    if (count < block.length) {
      throw ArchiveErrors.cutShort(offset);
    }
    if (countsAsContent) {
      remainingBytes -= block.length;
    }
    return block;
  }

  private byte[] readSmallContent(byte[] block) throws IOException {
    long lengthBytes = size(block);
    if (lengthBytes > EXTRAS_BYTES_MAX) {
      throw ArchiveErrors.damaged("a header is too long lengthBytes=" + lengthBytes, offset);
    }
    begin(lengthBytes);
    byte[] content = stream.readNBytes((int) lengthBytes);
    offset += content.length;
    if (content.length < lengthBytes) {
      throw ArchiveErrors.cutShort(offset);
    }
    remainingBytes = 0;
    return content;
  }

  private long size(byte[] block) {
    long sizeBytes = TarFormat.number(block, TarFormat.SIZE);
    if (sizeBytes < 0) {
      throw ArchiveErrors.damaged("a size is negative", offset);
    }
    return sizeBytes;
  }

  private void begin(long storedBytes) {
    if (storedBytes < 0) {
      throw ArchiveErrors.damaged("a size is negative", offset);
    }
    remainingBytes = storedBytes;
    paddingBytes = TarFormat.paddingBytes(storedBytes);
  }

  private void skipContent() throws IOException {
    skip(remainingBytes);
    skip(paddingBytes);
    remainingBytes = 0;
    paddingBytes = 0;
  }

  /** A file is skipped by its position alone; that it ended before is seen at the next header. */
  private void skip(long lengthBytes) throws IOException {
    try {
      stream.skipNBytes(lengthBytes);
    } catch (EOFException e) {
      throw ArchiveErrors.cutShort(offset);
    }
    offset += lengthBytes;
  }
}
