// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import static io.veneer.thinpool.format.BlockHeaderFormat.require;
import static io.veneer.thinpool.format.BlockHeaderFormat.requireZeroes;

import io.veneer.thinpool.UnsupportedFormatException;
import java.nio.ByteBuffer;

/**
 * The superblock: what one commit makes true at once. See FORMAT.md, "Superblock".
 *
 * <pre>
 *   64 u64 magic              112 u64 dataBlocks        176 u64 deviceTableRoot   240 u64 metadataLowWater
 *   72 u32 version            120 u64 dataBlocksMax     184 u64 heldRoot          248 u32 deviceCount
 *   76 u32 blockSizeBytes     128 u64 nodeBlocks        192 u64 usedDataBlocks    252 u32 removingCount
 *   80 u64 incompatible       136 u64 nodeBlocksMax     200 u64 usedNodeBlocks    256 u32 nextDeviceId
 *   88 u64 readOnlyCompatible 144 u64 dataLimitBlocks   208 u64 dataHighWater     260 u32 state
 *   96 u64 compatible         152 u64 reservedBlocks    216 u64 nodeHighWater     264 u32 noSpaceTimeoutMillis
 *  104 u64 clock              160 u64 transactionId     224 u64 lowWaterBlocks    268 reserved, zero
 *                             168 reserved              232 reserved
 *  512 2 bits each: valid slot of the data count index blocks
 * 1024 2 bits each: valid slot of the node count index blocks
 * </pre>
 *
 * <p>An incompatible flag that is not known refuses to open, an unknown read-only compatible flag
 * refuses to write.
 */
public final class SuperblockFormat {
  /** "VENEERTP", little-endian. */
  public static final long MAGIC = 0x5054_5245_454e_4556L;

  /** The one version there is. */
  public static final int VERSION = 1;

  /** State bit: a metadata operation failed. */
  public static final int STATE_NEEDS_CHECK = 1;

  /** State bit: writes wait when the pool is full. */
  public static final int STATE_QUEUE = 1 << 1;

  /** State bit: freed blocks stay allocated on the host. */
  public static final int STATE_NO_PASSDOWN = 1 << 2;

  /** Bytes of one area of slot bits. */
  public static final int SLOTS_BYTES = 512;

  private static final int BODY = BlockHeaderFormat.LENGTH;
  private static final int VERSION_AT = BODY + Long.BYTES;
  private static final int BLOCK_SIZE_AT = VERSION_AT + Integer.BYTES;
  private static final int INCOMPATIBLE_AT = BLOCK_SIZE_AT + Integer.BYTES;
  private static final int LONGS_AT = INCOMPATIBLE_AT + 3 * Long.BYTES;
  private static final int LONGS = 18;

  /** Offsets of the two 64-bit fields among the others that are reserved. */
  private static final int RESERVED_AT = LONGS_AT + 8 * Long.BYTES;

  private static final int RESERVED_TOO_AT = LONGS_AT + 16 * Long.BYTES;
  private static final int INTS_AT = LONGS_AT + LONGS * Long.BYTES;
  private static final int INTS_END = INTS_AT + 5 * Integer.BYTES;

  /** Offset of the slot bits of the data count index. */
  public static final int DATA_SLOTS_AT = 512;

  /** Offset of the slot bits of the node count index. */
  public static final int NODE_SLOTS_AT = DATA_SLOTS_AT + SLOTS_BYTES;

  private static final int SLOTS_END = NODE_SLOTS_AT + SLOTS_BYTES;

  private SuperblockFormat() {}

  /**
   * Writes a superblock into an empty block and seals it.
   *
   * @param superblock what it says
   * @param slot 0 or 1, which is also the block's number
   * @param image 4096 zero bytes, little-endian
   */
  public static void encode(Superblock superblock, int slot, ByteBuffer image) {
    image.putLong(BODY, MAGIC);
    image.putInt(VERSION_AT, VERSION);
    image.putInt(BLOCK_SIZE_AT, superblock.blockSizeBytes);
    image.putLong(INCOMPATIBLE_AT, superblock.incompatible);
    image.putLong(INCOMPATIBLE_AT + Long.BYTES, superblock.readOnlyCompatible);
    image.putLong(INCOMPATIBLE_AT + 2 * Long.BYTES, superblock.compatible);
    int at = LONGS_AT;
    for (long value : longs(superblock)) {
      image.putLong(at, value);
      at += Long.BYTES;
    }
    image.putInt(at, superblock.deviceCount);
    image.putInt(at + Integer.BYTES, superblock.removingCount);
    image.putInt(at + 2 * Integer.BYTES, superblock.nextDeviceId);
    image.putInt(at + 3 * Integer.BYTES, superblock.state);
    image.putInt(at + 4 * Integer.BYTES, superblock.noSpaceTimeoutMillis);
    image.put(DATA_SLOTS_AT, superblock.dataIndexSlots);
    image.put(NODE_SLOTS_AT, superblock.nodeIndexSlots);
    BlockHeaderFormat.seal(
        image,
        BlockType.SUPERBLOCK,
        new BlockHeaderFormat.Header(slot, 0, superblock.sequence, superblock.poolId, slot, 0, 0));
  }

  private static long[] longs(Superblock s) {
    return new long[] {
      s.clock, s.dataBlocks, s.dataBlocksMax, s.nodeBlocks, s.nodeBlocksMax, s.dataLimitBlocks,
      s.reservedBlocks, s.transactionId, 0, s.deviceTableRoot, s.heldRoot, s.usedDataBlocks,
      s.usedNodeBlocks, s.dataHighWater, s.nodeHighWater, s.lowWaterBlocks, 0, s.metadataLowWater
    };
  }

  /**
   * Reads a superblock slot.
   *
   * @param image 4096 bytes, little-endian
   * @param slot 0 or 1
   * @return what it says
   * @throws io.veneer.thinpool.CorruptMetadataException if it is not whole, or says what cannot be
   * @throws UnsupportedFormatException if a newer version made it
   */
  public static Superblock decode(ByteBuffer image, int slot) {
    BlockHeaderFormat.Header header =
        BlockHeaderFormat.verify(image, BlockType.SUPERBLOCK, slot, 0);
    long magic = image.getLong(BODY);
    require(
        magic == MAGIC,
        BlockType.SUPERBLOCK,
        slot,
        "magic",
        Long.toHexString(MAGIC),
        Long.toHexString(magic));
    checkVersion(image.getInt(VERSION_AT), image.getLong(INCOMPATIBLE_AT));
    Superblock s = new Superblock(header.poolId());
    s.sequence = header.sequence();
    s.blockSizeBytes = image.getInt(BLOCK_SIZE_AT);
    s.incompatible = image.getLong(INCOMPATIBLE_AT);
    s.readOnlyCompatible = image.getLong(INCOMPATIBLE_AT + Long.BYTES);
    s.compatible = image.getLong(INCOMPATIBLE_AT + 2 * Long.BYTES);
    readLongs(s, image);
    s.deviceCount = image.getInt(INTS_AT);
    s.removingCount = image.getInt(INTS_AT + Integer.BYTES);
    s.nextDeviceId = image.getInt(INTS_AT + 2 * Integer.BYTES);
    s.state = image.getInt(INTS_AT + 3 * Integer.BYTES);
    s.noSpaceTimeoutMillis = image.getInt(INTS_AT + 4 * Integer.BYTES);
    image.get(DATA_SLOTS_AT, s.dataIndexSlots);
    image.get(NODE_SLOTS_AT, s.nodeIndexSlots);
    check(s, image, slot);
    return s;
  }

  private static void readLongs(Superblock s, ByteBuffer image) {
    ByteBuffer in = image.duplicate().order(image.order()).position(LONGS_AT);
    s.clock = in.getLong();
    s.dataBlocks = in.getLong();
    s.dataBlocksMax = in.getLong();
    s.nodeBlocks = in.getLong();
    s.nodeBlocksMax = in.getLong();
    s.dataLimitBlocks = in.getLong();
    s.reservedBlocks = in.getLong();
    s.transactionId = in.getLong();
    in.getLong();
    s.deviceTableRoot = in.getLong();
    s.heldRoot = in.getLong();
    s.usedDataBlocks = in.getLong();
    s.usedNodeBlocks = in.getLong();
    s.dataHighWater = in.getLong();
    s.nodeHighWater = in.getLong();
    s.lowWaterBlocks = in.getLong();
    in.getLong();
    s.metadataLowWater = in.getLong();
  }

  private static void checkVersion(int version, long incompatible) {
    if (version != VERSION) {
      throw new UnsupportedFormatException(
          "pool has a format that this version does not know; use a newer veneer: version="
              + version
              + " supported="
              + VERSION);
    }
    if (incompatible != 0) {
      throw new UnsupportedFormatException(
          "pool uses features that this version does not know; use a newer veneer: flags=0x"
              + Long.toHexString(incompatible));
    }
  }

  private static void check(Superblock s, ByteBuffer image, int slot) {
    boolean sizes =
        Integer.bitCount(s.blockSizeBytes) == 1
            && s.blockSizeBytes >= Superblock.BLOCK_SIZE_MIN
            && s.blockSizeBytes <= Superblock.BLOCK_SIZE_MAX;
    require(sizes, BlockType.SUPERBLOCK, slot, "block size", "4096 to 1048576", s.blockSizeBytes);
    boolean data =
        0 <= s.dataBlocks
            && s.dataBlocks <= s.dataBlocksMax
            && s.dataBlocksMax <= MappingEntry.DATA_BLOCKS_MAX;
    require(data, BlockType.SUPERBLOCK, slot, "data size", "0 to " + s.dataBlocksMax, s.dataBlocks);
    boolean nodes =
        0 <= s.nodeBlocks
            && s.nodeBlocks <= s.nodeBlocksMax
            && s.nodeBlocksMax <= PoolGeometry.NODE_BLOCKS_MAX;
    require(
        nodes,
        BlockType.SUPERBLOCK,
        slot,
        "metadata size",
        "0 to " + s.nodeBlocksMax,
        s.nodeBlocks);
    requireZeroes(image, BlockType.SUPERBLOCK, slot, RESERVED_AT, RESERVED_AT + Long.BYTES);
    requireZeroes(image, BlockType.SUPERBLOCK, slot, RESERVED_TOO_AT, RESERVED_TOO_AT + Long.BYTES);
    requireZeroes(image, BlockType.SUPERBLOCK, slot, INTS_END, DATA_SLOTS_AT);
    requireZeroes(image, BlockType.SUPERBLOCK, slot, SLOTS_END, BlockHeaderFormat.BLOCK_BYTES);
  }
}
