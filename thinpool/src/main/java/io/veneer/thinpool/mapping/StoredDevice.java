// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.NodeFormat;
import io.veneer.thinpool.space.NodeAllocator.Purpose;

/**
 * One device's record and mappings: which data block. Keeps the record's figures true while
 * mappings change.
 *
 * <p>Looking up and walking may happen on any thread that is in flight; changing, on one that holds
 * the metadata lock. Each change first makes sure of the metadata blocks that it can need, so that
 * it happens wholly or, with {@link io.veneer.thinpool.OutOfMetadataSpaceException}, not at all.
 */
public final class StoredDevice {
  /** Says that a walk is at its end. */
  public static final long END = Long.MAX_VALUE;

  private final DeviceTable table;
  private final DeviceRecord record;
  private final RadixTree tree;
  private volatile long lastChange;

  /** Where the record stands; 0 before its first commit. */
  long block;

  /** The transaction that made {@link #block}, or 0. */
  long touchedIn;

  /** The text as it is encoded, and the blocks of what does not fit in the record. */
  byte[] text;

  long[] textBlocks = {};

  StoredDevice(DeviceTable table, DeviceRecord record, RadixTree tree) {
    this.table = table;
    this.record = record;
    this.tree = tree;
  }

  /**
   * What is recorded of the device. Read and changed under the metadata lock; a change is followed
   * by {@link DeviceTable#touch}.
   *
   * @return always the same object
   */
  public DeviceRecord record() {
    return record;
  }

  /**
   * The transaction that last changed the device's mappings.
   *
   * @return its number, or 0 if none did since the pool was opened
   */
  public long lastChange() {
    return lastChange;
  }

  void changedIn(long sequence) {
    lastChange = sequence;
  }

  RadixTree tree() {
    return tree;
  }

  /**
   * A virtual block's mapping.
   *
   * @param virtualBlock index in the device
   * @return a {@link MappingEntry}
   */
  public long lookup(long virtualBlock) {
    return tree.get(virtualBlock);
  }

  /**
   * Whether the data block of a mapping may be changed in place: no other device reaches it, now or
   * after a crash. The exact test, for when the clock cannot tell.
   *
   * @param virtualBlock index in the device
   * @param entry its mapping, to a data block
   * @return true when it is this device's alone
   */
  public boolean isExclusive(long virtualBlock, long entry) {
    return table.data().isExclusive(MappingEntry.dataBlock(entry))
        && tree.isPathExclusive(virtualBlock);
  }

  /**
   * Changes a mapping. A new data block was handed out by the space map and gets its reference
   * here; the reference to the old one is given up.
   *
   * @param virtualBlock index in the device
   * @param entry the new mapping, not a hole
   */
  public void map(long virtualBlock, long entry) {
    table.prepare(this, Purpose.USE);
    try {
      if (MappingEntry.isData(entry)) {
        table.data().use(MappingEntry.dataBlock(entry));
      }
      release(tree.put(virtualBlock, entry));
      count(entry, 1);
      if (MappingEntry.isData(entry)) {
        table.reserve(record, -1);
      }
    } catch (RuntimeException | Error e) {
      throw table.poison(e);
    }
  }

  /**
   * Takes a mapping away.
   *
   * @param virtualBlock index in the device
   */
  public void unmap(long virtualBlock) {
    if (tree.get(virtualBlock) == MappingEntry.HOLE) {
      return;
    }
    table.prepare(this, Purpose.DISCARD);
    try {
      release(tree.clear(virtualBlock));
    } catch (RuntimeException | Error e) {
      throw table.poison(e);
    }
  }

  /**
   * Takes the mappings of a range away, of one leaf at most, so that the lock is not held for long.
   *
   * @param from first virtual block
   * @param to one past the last
   * @return where to go on, or {@code to} when all is done
   */
  public long unmapSome(long from, long to) {
    Node leaf = tree.leafFrom(from);
    if (leaf == null || leaf.key >= to) {
      return to;
    }
    table.prepare(this, Purpose.DISCARD);
    long begin = Math.max(from, leaf.key);
    long end = Math.min(to, leaf.end());
    try {
      unmapInLeaf(leaf, begin, end);
    } catch (RuntimeException | Error e) {
      throw table.poison(e);
    }
    return end;
  }

  private void unmapInLeaf(Node leaf, long begin, long end) {
    if (begin == leaf.key && end == leaf.end() && !guaranteed()) {
      countLeaf(leaf);
      tree.removeLeaf(leaf);
    } else {
      for (long block = begin; block < end; block++) {
        release(tree.clear(block));
      }
    }
  }

  /** With a write guarantee each freed block is seen, because it must be kept for the device. */
  private boolean guaranteed() {
    return record.is(DeviceRecord.GUARANTEED);
  }

  private void countLeaf(Node leaf) {
    for (int i = 0; i < NodeFormat.ENTRIES; i++) {
      count(leaf.entry(i), -1);
    }
  }

  private void release(long old) {
    count(old, -1);
    if (MappingEntry.isData(old) && table.data().decrement(MappingEntry.dataBlock(old)) == 0) {
      table.reserve(record, 1);
    }
  }

  private void count(long entry, int change) {
    if (MappingEntry.isData(entry)) {
      record.mappedBlocks += change;
      record.ownBlocks += MappingEntry.time(entry) >= record.createdTime ? change : 0;
    }
  }

  /**
   * Gives back a part of a device that is being removed.
   *
   * @param leaves how many leaves at the most
   * @return true when nothing is left
   */
  public boolean trim(int leaves) {
    table.prepare(this, Purpose.REMOVE);
    try {
      return tree.trim(leaves);
    } catch (RuntimeException | Error e) {
      throw table.poison(e);
    }
  }

  /**
   * Walks the mappings of a range in ascending order; leaves that do not exist are passed over.
   *
   * @param from first virtual block
   * @param to one past the last
   * @param visitor takes each mapping that is not a hole
   * @return where to go on: the walk ends after each leaf, so that the thread need not be in flight
   *     for long; {@code to} at the end
   */
  public long walkSome(long from, long to, MappingVisitor visitor) {
    Node leaf = tree.leafFrom(from);
    if (leaf == null || leaf.key >= to) {
      return to;
    }
    long end = Math.min(to, leaf.end());
    for (long block = Math.max(from, leaf.key); block < end; block++) {
      long entry = leaf.entry((int) (block - leaf.key));
      if (entry != MappingEntry.HOLE) {
        visitor.visit(block, entry);
      }
    }
    return end;
  }

  /**
   * One past the highest virtual block that is mapped.
   *
   * @return 0 when nothing is
   */
  public long highestEnd() {
    return tree.highestEnd();
  }

  /**
   * Data blocks that no other device maps, nor held metadata. Costs what the device alone holds.
   *
   * @return how many
   */
  public long exclusiveBlocks() {
    return table.isHeld(this) ? 0 : table.references().exclusiveBlocks(tree.root());
  }

  /** The topmost node of its mappings; null while there are none. */
  Node root() {
    return tree.root();
  }

  /**
   * Walks what differs between this device and another; costs what differs.
   *
   * @param other the device to compare with
   * @param from first virtual block
   * @param visitor takes each virtual block that is mapped otherwise, ascending
   * @return where to go on: the walk ends after a few leaves, so that the thread need not be in
   *     flight for long; {@link #END} at the end
   */
  public long diffSome(StoredDevice other, long from, DifferenceVisitor visitor) {
    return new TreeDifference(tree.store(), from, visitor).compare(tree.root(), other.tree.root());
  }
}
