// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.space;

import static io.veneer.thinpool.format.BlockHeaderFormat.require;

import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.CountsFormat;
import io.veneer.thinpool.transaction.Transactions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The reference counts of one kind of blocks, as the open transaction has them. Pages are read when
 * they are first asked for; clean ones leave memory again, the longest unused first. Under the
 * metadata lock.
 */
final class Counts {
  private static final int PAGES_IN_MEMORY = 4096;

  private final CountArea area;
  private final Transactions transactions;
  private final CountIndex index;
  private final List<CountPage> changed = new ArrayList<>();
  private final Map<Integer, CountPage> pages = new PageMap();
  private CountPage current = CountPage.empty(-1);

  Counts(CountArea area, long blocksMax, Transactions transactions) {
    this.area = area;
    this.transactions = transactions;
    this.index = new CountIndex(area, blocksMax, transactions);
  }

  int get(long block) {
    return page(pageOf(block)).get(placeOf(block));
  }

  /**
   * Changes a count by one; returns the new count.
   *
   * @throws CorruptMetadataException if the count was 0 and is to be less, that is, if metadata is
   *     wrong
   */
  int add(long block, int change) {
    CountPage page = page(pageOf(block));
    int count = page.get(placeOf(block)) + change;
    if (count < 0 || count > CountsFormat.COUNT_MAX) {
      throw new CorruptMetadataException(
          "reference count leaves its range; run veneer check: area="
              + area.title()
              + " block="
              + block
              + " count="
              + count);
    }
    if (page.set(placeOf(block), count, transactions.openSequence())) {
      changed.add(page);
      transactions.touch();
    }
    return count;
  }

  /** Used blocks of a page; reads no counts block. */
  int used(int page) {
    CountPage loaded = pages.get(page);
    return loaded != null ? loaded.used() : CountsFormat.used(index.get(page));
  }

  /** Whether a page was never written, so that all its counts are 0. */
  boolean isBlank(int page) {
    return !pages.containsKey(page) && CountsFormat.slot(index.get(page)) == CountsFormat.SLOT_NONE;
  }

  /** Makes sure that the host has room for a page before its first count is set. */
  void reserveFor(long block) {
    CountPage page = page(pageOf(block));
    if (page.slot() == CountsFormat.SLOT_NONE && page.sequence() == 0) {
      index.reserveFor(page.index);
      transactions.metadata().reserve(area.countsBlock(page.index, 1), CountsFormat.SLOTS);
    }
  }

  void freeze() {
    long sequence = transactions.openSequence();
    for (CountPage page : changed) {
      page.flipSlot();
      index.set(page.index, CountsFormat.indexEntry(page.slot(), page.used()));
      transactions.stage(
          new StagedPage(
              BlockType.COUNTS,
              area.countsBlock(page.index, page.slot()),
              page.index,
              page.bytes(),
              page.used(),
              sequence,
              area.superblock().poolId));
    }
    changed.clear();
    index.freeze(sequence);
  }

  private CountPage page(int number) {
    if (current.index != number) {
      current = pages.computeIfAbsent(number, this::load);
    }
    return current;
  }

  private CountPage load(int number) {
    short entry = index.get(number);
    int slot = CountsFormat.slot(entry);
    if (slot == CountsFormat.SLOT_NONE) {
      return CountPage.empty(number);
    }
    long block = area.countsBlock(number, slot);
    ByteBuffer image = transactions.reader().read(block, BlockType.COUNTS);
    int used = image.getInt(BlockHeaderFormat.USED);
    boolean agrees = used == CountsFormat.used(entry);
    require(agrees, BlockType.COUNTS, block, "used blocks", CountsFormat.used(entry), used);
    byte[] bytes = new byte[BlockHeaderFormat.BODY_BYTES];
    image.get(BlockHeaderFormat.LENGTH, bytes);
    return new CountPage(number, bytes, used, slot);
  }

  static int pageOf(long block) {
    return (int) (block / CountsFormat.COUNTS);
  }

  private static int placeOf(long block) {
    return (int) (block % CountsFormat.COUNTS);
  }

  /** Forgets the page that was unused for longest, unless the file does not have it yet. */
  private final class PageMap extends LinkedHashMap<Integer, CountPage> {
    private static final long serialVersionUID = 1L;

    PageMap() {
      super(64, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Integer, CountPage> eldest) {
      CountPage page = eldest.getValue();
      return size() > PAGES_IN_MEMORY
          && page != current
          && page.sequence() <= transactions.durableSequence();
    }
  }

  /**
   * The failure of an operation that would need a block beyond the area; a defect, not a full pool.
   */
  static PoolException outside(String title, long block) {
    return new CorruptMetadataException(
        "block lies outside the pool; run veneer check: area=" + title + " block=" + block);
  }
}
