// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.space;

import io.veneer.thinpool.transaction.TransactionFixture;
import java.util.ArrayList;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/** Both space maps of a pool on files in memory, for one thread, which holds no lock. */
public class SpaceFixture extends TransactionFixture {
  /** Data blocks. */
  public SpaceMap data;

  /** Metadata blocks. */
  public SpaceMap nodeMap;

  /** Hands metadata blocks out. */
  public NodeAllocator nodes;

  /**
   * Makes an empty pool.
   *
   * @param dataBlocks size of the data
   * @param nodeBlocks limit of the metadata
   */
  public SpaceFixture(long dataBlocks, long nodeBlocks) {
    super(dataBlocks, nodeBlocks);
  }

  @Override
  protected void open() {
    super.open();
    data = SpaceMap.ofData(transactions, inFlight);
    nodeMap = SpaceMap.ofNodes(transactions, inFlight);
    nodes = new NodeAllocator(nodeMap, transactions);
    addParticipants();
  }

  /** Adds the rooms in the order in which they freeze. */
  protected void addParticipants() {
    transactions.add(data);
    transactions.add(nodeMap);
  }

  /**
   * Takes a data block and gives it a reference.
   *
   * @return the block
   */
  public long take() {
    long block = data.allocate(SpaceMap.NONE);
    if (block != SpaceMap.NONE) {
      data.use(block);
    }
    return block;
  }

  /**
   * Takes several.
   *
   * @param blocks how many
   * @return the blocks
   */
  public List<Long> take(int blocks) {
    List<Long> taken = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      taken.add(take());
    }
    return taken;
  }

  /**
   * Makes freed blocks available, as far as they are out of use.
   *
   * @return how many transactions' blocks
   */
  public int giveBack() {
    int generations = data.takeReady(new ArrayList<RoaringBitmap>());
    data.release(generations);
    int nodeGenerations = nodeMap.takeReady(new ArrayList<RoaringBitmap>());
    nodeMap.release(nodeGenerations);
    nodeMap.rewind();
    return generations + nodeGenerations;
  }
}
