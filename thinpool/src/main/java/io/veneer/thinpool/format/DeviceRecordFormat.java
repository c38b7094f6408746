// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import static io.veneer.thinpool.format.BlockHeaderFormat.require;
import static io.veneer.thinpool.format.BlockHeaderFormat.requireZeroes;

import java.nio.ByteBuffer;

/**
 * A device record: fixed fields, then the first bytes of the device's text (name, external origin,
 * attributes); the rest of the text stands in text blocks. See FORMAT.md, "Device record".
 *
 * <pre>
 *   64 u32 id            96 u64 createdTime            144 u64 createdTransactionId
 *   68 u32 originId     104 u64 snapshottedTime        152 u64 reservedBlocks
 *   72 u64 sizeBytes    112 u64 mappedBlocks           160 u32 textBytes
 *   80 u64 mappingRoot  120 u64 ownBlocks              164 reserved, zero
 *   88 u32 mappingLevel 128 u64 quotaBytes             192 u64 x 24 text blocks
 *   92 u32 flags        136 u64 reserved, zero         384 text
 * </pre>
 */
public final class DeviceRecordFormat {
  /** Text blocks that a record can name. */
  public static final int TEXT_BLOCKS = 24;

  private static final int ID_AT = BlockHeaderFormat.LENGTH;
  private static final int ORIGIN_AT = ID_AT + Integer.BYTES;
  private static final int SIZE_AT = ORIGIN_AT + Integer.BYTES;
  private static final int ROOT_AT = SIZE_AT + Long.BYTES;
  private static final int LEVEL_AT = ROOT_AT + Long.BYTES;
  private static final int FLAGS_AT = LEVEL_AT + Integer.BYTES;
  private static final int CREATED_AT = FLAGS_AT + Integer.BYTES;
  private static final int SNAPSHOTTED_AT = CREATED_AT + Long.BYTES;
  private static final int MAPPED_AT = SNAPSHOTTED_AT + Long.BYTES;
  private static final int OWN_AT = MAPPED_AT + Long.BYTES;
  private static final int QUOTA_AT = OWN_AT + Long.BYTES;
  private static final int RESERVED_AT = QUOTA_AT + Long.BYTES;
  private static final int TRANSACTION_AT = RESERVED_AT + Long.BYTES;
  private static final int KEPT_AT = TRANSACTION_AT + Long.BYTES;
  private static final int TEXT_BYTES_AT = KEPT_AT + Long.BYTES;
  private static final int RESERVED_TOO_AT = TEXT_BYTES_AT + Integer.BYTES;

  /** Offset of the numbers of the text blocks. */
  public static final int TEXT_BLOCKS_AT = 192;

  /** Offset of the text in the record. */
  public static final int TEXT_AT = TEXT_BLOCKS_AT + TEXT_BLOCKS * Long.BYTES;

  /** Bytes of text in the record. */
  public static final int TEXT_INLINE_BYTES = BlockHeaderFormat.BLOCK_BYTES - TEXT_AT;

  /** Bytes of text in a text block. */
  public static final int TEXT_BLOCK_BYTES = BlockHeaderFormat.BODY_BYTES;

  /** Bytes of text that a device can have. */
  public static final int TEXT_BYTES_MAX = TEXT_INLINE_BYTES + TEXT_BLOCKS * TEXT_BLOCK_BYTES;

  private DeviceRecordFormat() {}

  /**
   * How many text blocks a text takes.
   *
   * @param textBytes its length
   * @return 0 to 24
   */
  public static int textBlocksFor(int textBytes) {
    int beyond = Math.max(0, textBytes - TEXT_INLINE_BYTES);
    return (beyond + TEXT_BLOCK_BYTES - 1) / TEXT_BLOCK_BYTES;
  }

  /**
   * Writes a record's body into an empty block; the caller seals it.
   *
   * @param record the fields
   * @param text the device's text, see {@link DeviceText}
   * @param textBlocks where the rest of the text stands
   * @param image 4096 zero bytes, little-endian
   */
  public static void encode(DeviceRecord record, byte[] text, long[] textBlocks, ByteBuffer image) {
    image.putInt(ID_AT, record.id);
    image.putInt(ORIGIN_AT, record.originId);
    image.putLong(SIZE_AT, record.sizeBytes);
    image.putLong(ROOT_AT, record.mappingRoot);
    image.putInt(LEVEL_AT, record.mappingLevel);
    image.putInt(FLAGS_AT, record.flags);
    image.putLong(CREATED_AT, record.createdTime);
    image.putLong(SNAPSHOTTED_AT, record.snapshottedTime);
    image.putLong(MAPPED_AT, record.mappedBlocks);
    image.putLong(OWN_AT, record.ownBlocks);
    image.putLong(QUOTA_AT, record.quotaBytes);
    image.putLong(TRANSACTION_AT, record.createdTransactionId);
    image.putLong(KEPT_AT, record.reservedBlocks);
    image.putInt(TEXT_BYTES_AT, text.length);
    for (int i = 0; i < textBlocks.length; i++) {
      image.putLong(TEXT_BLOCKS_AT + i * Long.BYTES, textBlocks[i]);
    }
    image.put(TEXT_AT, text, 0, Math.min(text.length, TEXT_INLINE_BYTES));
  }

  /**
   * Reads the fixed fields; the text is read with {@link #textBytes}, {@link #textBlocks} and
   * {@link DeviceText}.
   *
   * @param image a verified block
   * @param block where it stands
   * @param id the device that it must be
   * @return the record without its text
   * @throws io.veneer.thinpool.CorruptMetadataException if it says what cannot be
   */
  public static DeviceRecord decode(ByteBuffer image, long block, int id) {
    int found = image.getInt(ID_AT);
    require(found == id, BlockType.DEVICE_RECORD, block, "device id", id, found);
    DeviceRecord record = new DeviceRecord(id);
    record.originId = image.getInt(ORIGIN_AT);
    record.sizeBytes = image.getLong(SIZE_AT);
    record.mappingRoot = image.getLong(ROOT_AT);
    record.mappingLevel = image.getInt(LEVEL_AT);
    record.flags = image.getInt(FLAGS_AT);
    record.createdTime = image.getLong(CREATED_AT);
    record.snapshottedTime = image.getLong(SNAPSHOTTED_AT);
    record.mappedBlocks = image.getLong(MAPPED_AT);
    record.ownBlocks = image.getLong(OWN_AT);
    record.quotaBytes = image.getLong(QUOTA_AT);
    record.createdTransactionId = image.getLong(TRANSACTION_AT);
    record.reservedBlocks = image.getLong(KEPT_AT);
    boolean level = record.mappingLevel >= 0 && record.mappingLevel <= NodeFormat.LEVEL_MAX;
    require(level, BlockType.DEVICE_RECORD, block, "level", "0 to 3", record.mappingLevel);
    require(
        record.sizeBytes >= 0,
        BlockType.DEVICE_RECORD,
        block,
        "size",
        "0 or more",
        record.sizeBytes);
    requireZeroes(image, BlockType.DEVICE_RECORD, block, RESERVED_AT, TRANSACTION_AT);
    requireZeroes(image, BlockType.DEVICE_RECORD, block, RESERVED_TOO_AT, TEXT_BLOCKS_AT);
    return record;
  }

  /**
   * How long the device's text is.
   *
   * @param image a verified block
   * @param block where it stands
   * @return bytes
   * @throws io.veneer.thinpool.CorruptMetadataException if it cannot be
   */
  public static int textBytes(ByteBuffer image, long block) {
    int bytes = image.getInt(TEXT_BYTES_AT);
    boolean fits = bytes >= 0 && bytes <= TEXT_BYTES_MAX;
    require(fits, BlockType.DEVICE_RECORD, block, "text length", "0 to " + TEXT_BYTES_MAX, bytes);
    return bytes;
  }

  /**
   * Where the rest of the text stands.
   *
   * @param image a verified block
   * @param block where it stands
   * @return metadata blocks, in order
   * @throws io.veneer.thinpool.CorruptMetadataException if more are named than the text takes
   */
  public static long[] textBlocks(ByteBuffer image, long block) {
    long[] blocks = new long[textBlocksFor(textBytes(image, block))];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = image.getLong(TEXT_BLOCKS_AT + i * Long.BYTES);
    }
    int unused = TEXT_BLOCKS_AT + blocks.length * Long.BYTES;
    requireZeroes(image, BlockType.DEVICE_RECORD, block, unused, TEXT_AT);
    return blocks;
  }
}
