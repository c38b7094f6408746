// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import static io.veneer.tools.check.DamagedPool.BASE;
import static io.veneer.tools.check.DamagedPool.DB;
import static io.veneer.tools.check.DamagedPool.WEB;

import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.format.DeviceRecordFormat;
import io.veneer.thinpool.format.DeviceText;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Device records and texts that are wrong under right checksums. */
class DamagedDevicesTest {
  private static final int KEPT = 5;

  private final DamagedPool pool = new DamagedPool();

  /** Changes the fields of a device's record, not its text. */
  private DamagedPool changeRecord(int id, Consumer<DeviceRecord> change) {
    long block = pool.record(id);
    ByteBuffer image = pool.image(block);
    DeviceRecord record = DeviceRecordFormat.decode(image, block, id);
    change.accept(record);
    byte[] text = new byte[DeviceRecordFormat.textBytes(image, block)];
    image.get(
        DeviceRecordFormat.TEXT_AT,
        text,
        0,
        Math.min(text.length, DeviceRecordFormat.TEXT_INLINE_BYTES));
    long[] textBlocks = DeviceRecordFormat.textBlocks(image, block);
    return pool.change(block, i -> DeviceRecordFormat.encode(record, text, textBlocks, i));
  }

  private DamagedPool changeText(int id, byte[] text) {
    long block = pool.record(id);
    DeviceRecord record = DeviceRecordFormat.decode(pool.image(block), block, id);
    return pool.change(
        block,
        image -> {
          byte[] zeroes = new byte[DeviceRecordFormat.TEXT_INLINE_BYTES];
          image.put(DeviceRecordFormat.TEXT_AT, zeroes);
          DeviceRecordFormat.encode(record, text, new long[0], image);
        });
  }

  private static byte[] textOf(String name) {
    DeviceRecord record = new DeviceRecord(1);
    record.name = name;
    return DeviceText.encode(record);
  }

  @Test
  void findsTwoDevicesOfOneName() {
    changeText(WEB, textOf("base")).assertFatal("device 2 \"base\"", "two devices have one name");
  }

  @Test
  void findsNameWithControlCharacters() {
    changeText(WEB, textOf("we\u001bb")).assertFatal("device 2 record", "device's name is none");
  }

  @Test
  void findsEmptyName() {
    changeText(WEB, textOf("")).assertFatal("device's name is none");
  }

  @Test
  void findsLongName() {
    changeText(WEB, textOf("n".repeat(256))).assertFatal("device's name is none");
  }

  @Test
  void findsTextThatIsNone() {
    changeText(WEB, new byte[] {9, 0, 0, 0, 1}).assertFatal("wrong text");
  }

  @Test
  void findsTextThatIsNotUtf8() {
    byte[] text = textOf("web");
    text[4] = (byte) 0xff;
    changeText(WEB, text).assertFatal("wrong text");
  }

  @Test
  void findsBytesBehindTheText() {
    pool.change(pool.record(WEB), image -> image.put(4095, (byte) 1));
    pool.assertFatal("behind the device's text");
  }

  @Test
  void findsTextLengthOutOfRange() {
    pool.putInt(pool.record(WEB), 160, 1 << 30).assertFatal("wrong text length");
  }

  @Test
  void findsUnusedTextBlock() {
    pool.putLong(pool.record(WEB), 192, pool.geometry().nodesStart()).assertFatal("reserved byte");
  }

  private long textBlock() {
    return pool.image(pool.record(DB)).getLong(DeviceRecordFormat.TEXT_BLOCKS_AT);
  }

  @Test
  void findsTextBlockOfAnotherDevice() {
    pool.putInt(textBlock(), BlockHeaderFormat.DEVICE_ID, 1).assertFatal("wrong device id");
  }

  @Test
  void findsTextBlockOfAnotherPart() {
    pool.putLong(textBlock(), BlockHeaderFormat.KEY, 1).assertFatal("text block has wrong key");
  }

  @Test
  void findsOneTextBlockForTwoParts() {
    pool.putLong(pool.record(DB), DeviceRecordFormat.TEXT_BLOCKS_AT + 8, textBlock());
    pool.assertFatal("used in two ways", "part 1 of the text of device 3");
  }

  @Test
  void findsDamagedTextBlock() {
    pool.files().flipMetadataBit(textBlock() * 4096 + 500, 0);
    pool.assertFatal("device text block", "wrong checksum");
  }

  @Test
  void findsBytesBehindTheTextInItsLastBlock() {
    long last = pool.image(pool.record(DB)).getLong(DeviceRecordFormat.TEXT_BLOCKS_AT + 8);
    pool.change(last, image -> image.put(4095, (byte) 1)).assertFatal("behind the device's text");
  }

  @Test
  void findsRecordOfAnotherDevice() {
    pool.putEntry(pool.table(), WEB, pool.record(BASE));
    pool.assertFatal("used in two ways", "found=device record for key 1");
  }

  @Test
  void findsRecordWithAnotherNumber() {
    pool.putInt(pool.record(WEB), 64, 9).assertFatal("wrong device id", "expected=2 found=9");
  }

  @Test
  void findsDeviceZero() {
    pool.putEntry(pool.table(), 0, pool.record(BASE)).assertFatal("device number is none");
  }

  @Test
  void findsWrongNumberOfMappedBlocks() {
    changeRecord(WEB, r -> r.mappedBlocks++).assertFatal("mapped blocks", "expected=81 found=82");
  }

  @Test
  void findsWrongNumberOfOwnBlocks() {
    changeRecord(WEB, r -> r.ownBlocks = 6).assertFatal("own blocks", "expected=5 found=6");
  }

  @Test
  void findsMappingsBeyondTheSize() {
    changeRecord(WEB, r -> r.sizeBytes = SamplePool.MIB).assertFatal("beyond the device's size");
  }

  @Test
  void findsSizeThatIsNone() {
    changeRecord(KEPT, r -> r.sizeBytes = 17L << 40).assertFatal("size is out of range");
  }

  @Test
  void findsSizeThatIsNoNumberOfSectors() {
    changeRecord(KEPT, r -> r.sizeBytes += 1).assertFatal("no number of sectors");
  }

  @Test
  void findsNegativeSize() {
    pool.putLong(pool.record(WEB), 72, -1).assertFatal("wrong size");
  }

  @Test
  void findsUnknownFlag() {
    changeRecord(WEB, r -> r.flags = 8).assertFatal("flags");
  }

  @Test
  void findsImpossibleOrigin() {
    changeRecord(WEB, r -> r.originId = 1 << 24).assertFatal("origin");
  }

  @Test
  void findsTimesFromTheFuture() {
    changeRecord(WEB, r -> r.createdTime = 1000).assertFatal("time of creation");
    changeRecord(WEB, r -> r.snapshottedTime = 1000).assertFatal("time of the last snapshot");
  }

  @Test
  void findsSharedBlocksThatTheirTimeCallsPrivate() {
    changeRecord(WEB, r -> r.snapshottedTime = 0);
    pool.assertFatal("data block is shared, but a device's times say that it is private");
    pool.assertFatal("metadata block is shared, but a device's times");
  }

  @Test
  void findsNegativeQuota() {
    changeRecord(WEB, r -> r.quotaBytes = -1).assertFatal("quota");
  }

  @Test
  void findsBlocksKeptWithoutGuarantee() {
    changeRecord(WEB, r -> r.reservedBlocks = 1).assertFatal("blocks kept for it");
    pool.assertFatal("superblock has wrong number of blocks kept");
  }

  @Test
  void findsReservedBytes() {
    pool.putLong(pool.record(WEB), 136, 1).assertFatal("reserved byte at offset 136");
    pool.putLong(pool.record(BASE), 176, 1).assertFatal("reserved byte at offset 176");
  }

  @Test
  void findsWrongHeader() {
    pool.putLong(pool.record(WEB), BlockHeaderFormat.KEY, 1).assertFatal("record has wrong key");
    pool.putInt(pool.record(BASE), BlockHeaderFormat.DEVICE_ID, 9)
        .assertFatal("wrong device id in its header");
  }

  @Test
  void findsImpossibleLevel() {
    pool.putInt(pool.record(WEB), 88, 4).assertFatal("wrong level");
  }

  @Test
  void findsWrongRootLevel() {
    pool.putInt(pool.record(WEB), 88, 3).assertFatal("wrong level", "expected=3 found=1");
  }

  @Test
  void findsLevelWithoutRoot() {
    pool.putInt(pool.record(4), 88, 1).assertFatal("device without mappings has a level");
  }
}
