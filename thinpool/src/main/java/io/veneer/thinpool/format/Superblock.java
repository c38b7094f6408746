// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

/**
 * What a superblock says, as fields. One object of it is the pool's state in memory: the rooms that
 * own a field change it under the metadata lock, and a commit encodes it. Not safe for threads by
 * itself.
 */
public final class Superblock {
  /** Smallest data block. */
  public static final int BLOCK_SIZE_MIN = 4096;

  /** Largest data block. */
  public static final int BLOCK_SIZE_MAX = 1 << 20;

  /** Number that every metadata block of the pool carries. */
  public final long poolId;

  /** The commit that wrote it. */
  public long sequence;

  /** Data block size, a power of two. */
  public int blockSizeBytes;

  /** Features without which the pool cannot be opened. */
  public long incompatible;

  /** Features without which the pool cannot be written. */
  public long readOnlyCompatible;

  /** Features that may be ignored. */
  public long compatible;

  /** Grows by one with each snapshot. */
  public long clock;

  /** Size of the data file. */
  public long dataBlocks;

  /** Largest size that the data file can ever have. */
  public long dataBlocksMax;

  /** Limit of the metadata in the node area. */
  public long nodeBlocks;

  /** Largest limit that it can ever have. */
  public long nodeBlocksMax;

  /** How far the data file may grow by itself. */
  public long dataLimitBlocks;

  /** Free data blocks kept for devices with a write guarantee. */
  public long reservedBlocks;

  /** The number kept for the user's volume manager. */
  public long transactionId;

  /** Root of the device table, or 0. */
  public long deviceTableRoot;

  /** Held root of an older device table, or 0. */
  public long heldRoot;

  /** Data blocks with a count above 0. */
  public long usedDataBlocks;

  /** Metadata blocks of the node area with a count above 0. */
  public long usedNodeBlocks;

  /** One past the last data block that was ever in use. */
  public long dataHighWater;

  /** How many blocks of the node area were ever in use, counted from its begin. */
  public long nodeHighWater;

  /** Free data blocks below which the low-water event is sent. */
  public long lowWaterBlocks;

  /** Free metadata blocks below which the low-water event is sent. */
  public long metadataLowWater;

  /** Devices that have a name. */
  public int deviceCount;

  /** Devices whose blocks are being given back. */
  public int removingCount;

  /** Where the search for a free device id begins. */
  public int nextDeviceId;

  /** State bits, see {@link SuperblockFormat}. */
  public int state;

  /** How long a write waits for space. */
  public int noSpaceTimeoutMillis;

  /** Two bits for each data count index block. */
  public final byte[] dataIndexSlots = new byte[SuperblockFormat.SLOTS_BYTES];

  /** Two bits for each node count index block. */
  public final byte[] nodeIndexSlots = new byte[SuperblockFormat.SLOTS_BYTES];

  /**
   * An empty superblock.
   *
   * @param poolId the pool's number
   */
  public Superblock(long poolId) {
    this.poolId = poolId;
  }

  /**
   * Where the areas of the metadata file are.
   *
   * @return the geometry
   */
  public PoolGeometry geometry() {
    return new PoolGeometry(dataBlocksMax, nodeBlocksMax);
  }

  /**
   * Whether a state bit is set.
   *
   * @param bit one of the bits
   * @return true when set
   */
  public boolean is(int bit) {
    return (state & bit) != 0;
  }

  /**
   * Sets or clears a state bit.
   *
   * @param bit one of the bits
   * @param on set or clear
   */
  public void set(int bit, boolean on) {
    state = on ? state | bit : state & ~bit;
  }

  /**
   * The valid slot of an index block.
   *
   * @param slots one of the two arrays
   * @param index which index block
   * @return 0 to 2
   */
  public static int slot(byte[] slots, int index) {
    return (slots[index >>> 2] >>> ((index & 3) << 1)) & 3;
  }

  /**
   * Records the valid slot of an index block.
   *
   * @param slots one of the two arrays
   * @param index which index block
   * @param slot 0 to 2
   */
  public static void setSlot(byte[] slots, int index, int slot) {
    int shift = (index & 3) << 1;
    int others = slots[index >>> 2] & ~(3 << shift);
    slots[index >>> 2] = (byte) (others | (slot << shift));
  }
}
