// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Replays a journal in memory: what the kernel would write to its place when it mounts the file
 * system comes out as blocks by number, and the device stays as it is.
 *
 * <p>As the kernel does, it follows complete transactions in their order, and stops at the first
 * that is not: that one was never acknowledged. A revocation silences the copies of earlier
 * transactions and of its own. The transactions are met once around the journal at the most, so the
 * work is bounded by its size. One thread.
 */
final class Journal {
  private final BlockReader reader;
  private final List<Run> runs;
  private final JournalFormat.Header header;
  private final byte[] uuid = new byte[JournalFormat.UUID_LENGTH];

  /** What to lay over the device, from complete transactions. */
  private final Map<Long, Copy> copies = new HashMap<>();

  /** The last transaction that revoked a block, as its place in the journal's order. */
  private final Map<Long, Integer> revocations = new HashMap<>();

  private int order;

  /** A block of the journal that stands for a block of the file system. */
  private record Copy(int order, long journalBlock, boolean escaped) {}

  private Journal(BlockReader reader, List<Run> runs) {
    this.reader = reader;
    this.runs = runs;
    ByteBuffer superblock = bigEndian(block(0));
    this.header = JournalFormat.header(superblock);
    superblock.get(JournalFormat.UUID_AT, uuid);
  }

  /** What the journal in some runs holds that is not in its place. */
  static Map<Long, ByteBuffer> replay(BlockReader reader, List<Run> runs) {
    Journal journal = new Journal(reader, runs);
    if (journal.header.start() == 0) {
      return Map.of();
    }
    journal.checkHeader();
    journal.followTransactions();
    return journal.overlay();
  }

  /** Whether everything is in its place. */
  static boolean isEmpty(BlockReader reader, List<Run> runs) {
    return new Journal(reader, runs).header.start() == 0;
  }

  private void checkHeader() {
    Damage.unless(
        header.blockBytes() == reader.blockBytes(),
        "block size of the journal",
        "blockBytes",
        header.blockBytes());
    long mapped = runs.stream().mapToLong(Run::length).sum();
    Damage.unless(header.blocks() <= mapped, "length of the journal", "blocks", header.blocks());
    Damage.unless(
        header.first() > 0
            && header.first() < header.blocks()
            && header.start() >= header.first()
            && header.start() < header.blocks(),
        "start of the journal",
        "block",
        header.start());
  }

  private void followTransactions() {
    long at = header.start();
    int transaction = header.transaction();
    long left = header.blocks() - header.first();
    while (left > 0) {
      Transaction next = new Transaction(at, transaction, left);
      if (!next.isComplete()) {
        return;
      }
      next.tags.forEach(copies::put);
      next.revoked.forEach(number -> revocations.put(number, order));
      order++;
      at = next.end;
      left -= next.length;
      transaction++;
    }
  }

  private Map<Long, ByteBuffer> overlay() {
    Map<Long, ByteBuffer> overlay = new HashMap<>();
    copies.forEach(
        (number, copy) -> {
          Integer revokedBy = revocations.get(number);
          if (revokedBy == null || revokedBy < copy.order) {
            overlay.put(number, content(copy));
          }
        });
    return overlay;
  }

  private ByteBuffer content(Copy copy) {
    ByteBuffer from = block(copy.journalBlock);
    ByteBuffer content = ByteBuffer.allocate(from.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    content.put(from.duplicate().clear()).clear();
    if (copy.escaped) {
      content.order(ByteOrder.BIG_ENDIAN).putInt(0, JournalFormat.MAGIC);
      content.order(ByteOrder.LITTLE_ENDIAN);
    }
    return content;
  }

  private ByteBuffer block(long journalBlock) {
    for (Run run : runs) {
      if (journalBlock >= run.logical() && journalBlock < run.endLogical()) {
        return reader.block(run.physicalOf(journalBlock));
      }
    }
    throw Damage.found("journal has a hole block=" + journalBlock);
  }

  private static ByteBuffer bigEndian(ByteBuffer block) {
    return block.duplicate().order(ByteOrder.BIG_ENDIAN);
  }

  private long behind(long journalBlock) {
    return journalBlock + 1 == header.blocks() ? header.first() : journalBlock + 1;
  }

  /** Sums start with the identity, so that blocks of an earlier journal are never taken. */
  private int sum(int from, ByteBuffer... parts) {
    CRC32C crc = new CRC32C();
    crc.update(uuid);
    for (ByteBuffer part : parts) {
      crc.update(part.duplicate().position(from));
    }
    return ~(int) crc.getValue();
  }

  /** One transaction as far as it can be followed. */
  private final class Transaction {
    private final Map<Long, Copy> tags = new HashMap<>();
    private final List<Long> revoked = new ArrayList<>();
    private final int number;
    private final long leftAtStart;
    private boolean complete;
    private boolean damaged;
    private long end;
    private long length;

    Transaction(long start, int number, long left) {
      this.number = number;
      this.leftAtStart = left;
      this.end = start;
      while (!complete && !damaged) {
        step();
      }
    }

    boolean isComplete() {
      return complete && !damaged;
    }

    private void step() {
      ByteBuffer image = bigEndian(next());
      if (damaged || !JournalFormat.isBlock(image) || JournalFormat.transaction(image) != number) {
        damaged = true;
        return;
      }
      switch (JournalFormat.type(image)) {
        case JournalFormat.DESCRIPTOR -> readTags(image);
        case JournalFormat.REVOCATION -> readRevocation(image);
        case JournalFormat.COMMIT -> readCommit(image);
        default -> damaged = true;
      }
    }

    /** The next block of the journal; the transaction is damaged if it goes once around. */
    private ByteBuffer next() {
      ByteBuffer image = block(end);
      end = behind(end);
      length++;
      damaged |= length > leftAtStart;
      return image;
    }

    private void readTags(ByteBuffer image) {
      damaged |= header.checksums() && !hasSoundTail(image);
      int limit = image.capacity() - (header.checksums() ? JournalFormat.TAIL_LENGTH : 0);
      int at = JournalFormat.HEADER_LENGTH;
      boolean last = false;
      while (!last && !damaged && at + JournalFormat.tagLengthMin(header) <= limit) {
        int flags = JournalFormat.flags(image, at, header);
        readCopy(image, at, flags);
        last = (flags & JournalFormat.LAST) != 0;
        at += JournalFormat.tagLength(image, at, header);
      }
    }

    private void readCopy(ByteBuffer tags, int at, int flags) {
      long journalBlock = end;
      ByteBuffer copy = next();
      long number = JournalFormat.taggedBlock(tags, at, header);
      damaged |= number >= reader.blocks() || number < 0;
      damaged |= header.checksums() && !isSound(copy, JournalFormat.checksum(tags, at, header));
      this.tags.put(number, new Copy(order, journalBlock, (flags & JournalFormat.ESCAPED) != 0));
    }

    private boolean isSound(ByteBuffer copy, int expected) {
      ByteBuffer transaction = ByteBuffer.allocate(Integer.BYTES).putInt(0, number);
      int mask = JournalFormat.checksumMask(header);
      return ((sum(0, transaction, copy) ^ expected) & mask) == 0;
    }

    private boolean hasSoundTail(ByteBuffer image) {
      int tail = image.capacity() - JournalFormat.TAIL_LENGTH;
      return sumWithout(image, tail) == image.getInt(tail);
    }

    /** The sum of a block whose own sum counts as zero. */
    private int sumWithout(ByteBuffer image, int sumAt) {
      ByteBuffer before = image.duplicate().clear().limit(sumAt);
      ByteBuffer zero = ByteBuffer.allocate(Integer.BYTES);
      ByteBuffer after = image.duplicate().clear().position(sumAt + Integer.BYTES).slice();
      return sum(0, before, zero, after);
    }

    private void readRevocation(ByteBuffer image) {
      damaged |= header.checksums() && !hasSoundTail(image);
      for (long block : JournalFormat.revoked(image, header)) {
        revoked.add(block);
      }
    }

    private void readCommit(ByteBuffer image) {
      int at = JournalFormat.COMMIT_CHECKSUM_AT;
      damaged |= header.checksums() && sumWithout(image, at) != image.getInt(at);
      complete = true;
    }
  }
}
