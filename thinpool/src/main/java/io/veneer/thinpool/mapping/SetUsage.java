// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.NodeFormat;
import java.util.HashMap;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * Counts the data blocks of several devices together: those that any of them maps, and those that
 * only they map.
 *
 * <p>What only they map is found as removing them would: a tree loses one reference for each device
 * of the set that has it, and what has lost all its references is gone and takes one reference from
 * everything that it refers to. So what is shared with others is never read for that, and what is
 * shared inside the set is read once. What any of them maps is found by walking each node once.
 *
 * <p>While devices are written to, the figures are those of no single moment. One thread, in
 * flight; takes the metadata lock leaf by leaf.
 */
public final class SetUsage {
  private final MappingReferences references;
  private final References nodes = new References();
  private final References data = new References();
  private final RoaringBitmap walked = new RoaringBitmap();
  private final RoaringBitmap mapped = new RoaringBitmap();
  private long exclusiveBlocks;

  /**
   * Counts nothing yet.
   *
   * @param table the table that has the devices
   */
  public SetUsage(DeviceTable table) {
    this.references = table.references();
  }

  /**
   * Adds a device to the set; once.
   *
   * @param device the device
   */
  public void add(StoredDevice device) {
    Node root = device.root();
    if (root != null) {
      walk(root);
      if (isLastReference(root.block())) {
        takeBelow(root);
      }
    }
  }

  /**
   * Data blocks that one of the devices at least maps.
   *
   * @return how many
   */
  public long mappedBlocks() {
    return mapped.getLongCardinality();
  }

  /**
   * Data blocks that no device outside of the set maps.
   *
   * @return how many
   */
  public long exclusiveBlocks() {
    return exclusiveBlocks;
  }

  /** References taken from each block so far; most have two in all. */
  private static final class References {
    private final RoaringBitmap takenOnce = new RoaringBitmap();
    private final Map<Long, Integer> takenOften = new HashMap<>();

    /** Takes one reference; true if it was the last of so many. */
    boolean takeOneOf(long block, int count) {
      if (count <= 1) {
        return true;
      }
      if (count == 2) {
        return !takenOnce.checkedAdd((int) block);
      }
      return takenOften.merge(block, 1, Integer::sum) == count;
    }
  }

  private boolean isLastReference(long node) {
    return nodes.takeOneOf(node, references.ofNode(node));
  }

  private void takeBelow(Node node) {
    if (node.level == 0) {
      references.forEachDataBlock(node, this::takeData);
      return;
    }
    for (int i = 0; i < NodeFormat.ENTRIES; i++) {
      long entry = node.entry(i);
      if (entry != 0 && isLastReference(entry)) {
        Node child = references.child(node, i);
        if (child != null) {
          takeBelow(child);
        }
      }
    }
  }

  private void takeData(long block, int references) {
    exclusiveBlocks += data.takeOneOf(block, references) ? 1 : 0;
  }

  private void walk(Node node) {
    if (!walked.checkedAdd((int) node.block())) {
      return;
    }
    for (int i = 0; i < NodeFormat.ENTRIES; i++) {
      long entry = node.entry(i);
      if (node.level == 0 && MappingEntry.isData(entry)) {
        mapped.add((int) MappingEntry.dataBlock(entry));
      } else if (node.level > 0 && entry != 0 && !walked.contains((int) entry)) {
        Node child = references.child(node, i);
        if (child != null) {
          walk(child);
        }
      }
    }
  }
}
