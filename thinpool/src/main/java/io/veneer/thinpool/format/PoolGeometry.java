// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

/**
 * Where the areas of a metadata file begin; follows from how far the pool can ever grow, which is
 * fixed when it is made. The file is sparse, so areas that are not used yet take no room. See
 * FORMAT.md, "Areas".
 *
 * <pre>
 *  superblock slots | data count index | node count index | data counts | node counts | nodes ...
 * </pre>
 *
 * @param dataBlocksMax data blocks that the pool can ever have
 * @param nodeBlocksMax metadata blocks in the last area that it can ever have
 */
public record PoolGeometry(long dataBlocksMax, long nodeBlocksMax) {
  /** Blocks of the two superblock slots. */
  public static final int SUPERBLOCKS = 2;

  /** Metadata blocks in the last area that a pool can ever have: 1 TiB. */
  public static final long NODE_BLOCKS_MAX = 1L << 28;

  private static final long DATA_BYTES_MAX = 64L << 40;

  /**
   * The geometry of a new pool.
   *
   * @param blockSizeBytes data block size
   * @return a geometry that reaches 64 TiB, or 2^32 blocks
   */
  public static PoolGeometry ofBlockSize(int blockSizeBytes) {
    long blocks = Math.min(DATA_BYTES_MAX / blockSizeBytes, MappingEntry.DATA_BLOCKS_MAX);
    return new PoolGeometry(blocks, NODE_BLOCKS_MAX);
  }

  /**
   * Where the index of the data blocks' counts begins.
   *
   * @return metadata block
   */
  public long dataIndexStart() {
    return SUPERBLOCKS;
  }

  /**
   * Where the index of the nodes' counts begins.
   *
   * @return metadata block
   */
  public long nodeIndexStart() {
    return dataIndexStart() + CountsFormat.SLOTS * indexBlocks(dataBlocksMax);
  }

  /**
   * Where the counts of data blocks begin.
   *
   * @return metadata block
   */
  public long dataCountsStart() {
    return nodeIndexStart() + CountsFormat.SLOTS * indexBlocks(nodeBlocksMax);
  }

  /**
   * Where the counts of nodes begin.
   *
   * @return metadata block
   */
  public long nodeCountsStart() {
    return dataCountsStart() + CountsFormat.SLOTS * countBlocks(dataBlocksMax);
  }

  /**
   * Where trees, records and texts begin.
   *
   * @return metadata block
   */
  public long nodesStart() {
    return nodeCountsStart() + CountsFormat.SLOTS * countBlocks(nodeBlocksMax);
  }

  /**
   * One past the last metadata block there can be.
   *
   * @return metadata block
   */
  public long end() {
    return nodesStart() + nodeBlocksMax;
  }

  /**
   * How many counts blocks it takes to count blocks.
   *
   * @param blocks how many blocks
   * @return counts blocks, each of two slots
   */
  public static long countBlocks(long blocks) {
    return ceilDiv(blocks, CountsFormat.COUNTS);
  }

  /**
   * How many index blocks it takes to count blocks.
   *
   * @param blocks how many blocks
   * @return index blocks, each of two slots
   */
  public static long indexBlocks(long blocks) {
    return ceilDiv(countBlocks(blocks), CountsFormat.INDEX_ENTRIES);
  }

  private static long ceilDiv(long value, long divisor) {
    return (value + divisor - 1) / divisor;
  }
}
