// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import io.veneer.thinpool.CorruptMetadataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The first 64 bytes of every metadata block; integers are little-endian. See FORMAT.md, "Block
 * header".
 *
 * <pre>
 *   0 u32 checksum   CRC32C of bytes 4 to 4095
 *   4 u16 type       {@link BlockType}
 *   6 u16 level      of a node: 0 for a leaf
 *   8 u64 block      where in the metadata file this block belongs
 *  16 u64 sequence   the commit that wrote it
 *  24 u64 poolId     the pool that it belongs to
 *  32 u64 key        of a node: first virtual block or device id; else the index in its area
 *  40 u32 used       entries that are not empty
 *  44 u32 deviceId   the device for which it was written
 *  48     reserved, zero
 * </pre>
 *
 * <p>Checksum, place and type are set in {@link #seal} and checked in {@link #verify}, nowhere
 * else.
 */
public final class BlockHeaderFormat {
  /** Bytes of a metadata block. */
  public static final int BLOCK_BYTES = 4096;

  /** Offset of the checksum. */
  public static final int CHECKSUM = 0;

  /** Offset of the type. */
  public static final int TYPE = CHECKSUM + Integer.BYTES;

  /** Offset of the level. */
  public static final int LEVEL = TYPE + Short.BYTES;

  /** Offset of the block's own number. */
  public static final int BLOCK = LEVEL + Short.BYTES;

  /** Offset of the commit sequence. */
  public static final int SEQUENCE = BLOCK + Long.BYTES;

  /** Offset of the pool's id. */
  public static final int POOL_ID = SEQUENCE + Long.BYTES;

  /** Offset of the key. */
  public static final int KEY = POOL_ID + Long.BYTES;

  /** Offset of the number of entries in use. */
  public static final int USED = KEY + Long.BYTES;

  /** Offset of the device id. */
  public static final int DEVICE_ID = USED + Integer.BYTES;

  /** Offset of the reserved bytes. */
  public static final int RESERVED = DEVICE_ID + Integer.BYTES;

  /** Bytes of the header; the body begins here. */
  public static final int LENGTH = RESERVED + 2 * Long.BYTES;

  /** Bytes of the body. */
  public static final int BODY_BYTES = BLOCK_BYTES - LENGTH;

  private BlockHeaderFormat() {}

  /**
   * What a header says besides its checksum and type.
   *
   * @param block place in the metadata file
   * @param level level of a node, else 0
   * @param sequence the commit that writes it
   * @param poolId the pool
   * @param key first virtual block, device id or index
   * @param used entries in use
   * @param deviceId the device for which it is written, or 0
   */
  public record Header(
      long block, int level, long sequence, long poolId, long key, int used, int deviceId) {}

  /**
   * Makes an empty block.
   *
   * @return 4096 zero bytes, little-endian, on the heap
   */
  public static ByteBuffer newBlock() {
    return ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Completes a block: header and checksum.
   *
   * @param image 4096 bytes from index 0, little-endian, body filled in; position and limit are
   *     left alone
   * @param type what it is
   * @param header the rest of the header
   */
  public static void seal(ByteBuffer image, BlockType type, Header header) {
    image.putShort(TYPE, (short) type.code());
    image.putShort(LEVEL, (short) header.level());
    image.putLong(BLOCK, header.block());
    image.putLong(SEQUENCE, header.sequence());
    image.putLong(POOL_ID, header.poolId());
    image.putLong(KEY, header.key());
    image.putInt(USED, header.used());
    image.putInt(DEVICE_ID, header.deviceId());
    image.putLong(RESERVED, 0);
    image.putLong(RESERVED + Long.BYTES, 0);
    image.putInt(CHECKSUM, checksum(image));
  }

  /**
   * Checks that a block read from disk is whole and is what its place says.
   *
   * @param image 4096 bytes from index 0, little-endian
   * @param type what it must be
   * @param block where it was read
   * @param poolId the pool it must belong to; for a superblock, which tells it, any
   * @return its header
   * @throws CorruptMetadataException with block, expected and found
   */
  public static Header verify(ByteBuffer image, BlockType type, long block, long poolId) {
    int stored = image.getInt(CHECKSUM);
    int computed = checksum(image);
    require(
        stored == computed,
        type,
        block,
        "checksum",
        Integer.toHexString(computed),
        Integer.toHexString(stored));
    int code = Short.toUnsignedInt(image.getShort(TYPE));
    require(code == type.code(), type, block, "type", type.code(), code);
    long place = image.getLong(BLOCK);
    require(place == block, type, block, "place", block, place);
    long owner = image.getLong(POOL_ID);
    boolean anyPool = type == BlockType.SUPERBLOCK;
    require(
        anyPool || owner == poolId,
        type,
        block,
        "pool",
        Long.toHexString(poolId),
        Long.toHexString(owner));
    boolean reservedIsZero =
        image.getLong(RESERVED) == 0 && image.getLong(RESERVED + Long.BYTES) == 0;
    require(reservedIsZero, type, block, "reserved bytes", 0, "not zero");
    return header(image);
  }

  private static Header header(ByteBuffer image) {
    return new Header(
        image.getLong(BLOCK),
        Short.toUnsignedInt(image.getShort(LEVEL)),
        image.getLong(SEQUENCE),
        image.getLong(POOL_ID),
        image.getLong(KEY),
        image.getInt(USED),
        image.getInt(DEVICE_ID));
  }

  /**
   * Fails a check of a block's content in the same words as the header's checks.
   *
   * @param holds what must be true
   * @param type what the block is
   * @param block where it is
   * @param what the field
   * @param expected its right value
   * @param found its value
   * @throws CorruptMetadataException if it is not true
   */
  public static void require(
      boolean holds, BlockType type, long block, String what, Object expected, Object found) {
    if (!holds) {
      throw new CorruptMetadataException(
          type.title() + " has wrong " + what, block, expected, found);
    }
  }

  /**
   * Checks that reserved bytes are zero.
   *
   * @param image a verified block
   * @param type what the block is
   * @param block where it is
   * @param from offset of the first reserved byte
   * @param to offset behind the last one
   * @throws CorruptMetadataException if one is not
   */
  public static void requireZeroes(ByteBuffer image, BlockType type, long block, int from, int to) {
    for (int at = from; at < to; at++) {
      require(image.get(at) == 0, type, block, "reserved byte at offset " + at, 0, image.get(at));
    }
  }

  private static int checksum(ByteBuffer image) {
    CRC32C crc = new CRC32C();
    ByteBuffer covered = image.duplicate();
    covered.limit(BLOCK_BYTES).position(TYPE);
    crc.update(covered);
    return (int) crc.getValue();
  }
}
