// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.format.BlockHeaderFormat.Header;
import io.veneer.thinpool.format.FormatPage.Field;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FORMAT.md and the classes say the same: each field is written where the page says it is. */
class FormatPageTest {

  @Test
  void everyFormatClassHasAHeading() throws IOException {
    Path sources = Path.of("src/main/java/io/veneer/thinpool/format");
    try (Stream<Path> files = Files.list(sources)) {
      List<String> unnamed =
          files
              .map(file -> file.getFileName().toString().replace(".java", ""))
              .filter(name -> !name.equals("package-info"))
              .filter(name -> !FormatPage.text().contains('`' + name + '`'))
              .toList();
      assertEquals(List.of(), unnamed);
    }
  }

  @Test
  void everyFormatClassNamesThePage() throws IOException {
    Path sources = Path.of("src/main/java/io/veneer/thinpool/format");
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.filter(f -> f.toString().endsWith("Format.java")).toList()) {
        assertTrue(Files.readString(file).contains("FORMAT.md, \""), file.toString());
      }
    }
  }

  @Test
  void tablesHaveNoGaps() {
    assertContiguous(FormatPage.fieldsOf(BlockHeaderFormat.class), 0, BlockHeaderFormat.LENGTH);
    assertContiguous(
        FormatPage.fieldsOf(SuperblockFormat.class),
        BlockHeaderFormat.LENGTH,
        BlockHeaderFormat.BLOCK_BYTES);
    assertContiguous(
        FormatPage.fieldsOf(DeviceRecordFormat.class),
        BlockHeaderFormat.LENGTH,
        BlockHeaderFormat.BLOCK_BYTES);
  }

  private static void assertContiguous(List<Field> fields, int begin, int end) {
    int at = begin;
    for (Field field : fields) {
      assertEquals(at, field.offset(), field.name());
      at = field.end();
    }
    assertEquals(end, at);
  }

  @Test
  void headerStandsWhereThePageSays() {
    ByteBuffer image = BlockHeaderFormat.newBlock();
    Header header = new Header(0x1122334455L, 3, 0x2233445566L, -9, 0x3344556677L, 77, 88);
    BlockHeaderFormat.seal(image, BlockType.MAPPING_NODE, header);
    assertEquals(header.block(), read(image, BlockHeaderFormat.class, "block"));
    assertEquals(header.level(), read(image, BlockHeaderFormat.class, "level"));
    assertEquals(header.sequence(), read(image, BlockHeaderFormat.class, "sequence"));
    assertEquals(header.poolId(), read(image, BlockHeaderFormat.class, "poolId"));
    assertEquals(header.key(), read(image, BlockHeaderFormat.class, "key"));
    assertEquals(header.used(), read(image, BlockHeaderFormat.class, "used"));
    assertEquals(header.deviceId(), read(image, BlockHeaderFormat.class, "deviceId"));
    assertEquals(4, read(image, BlockHeaderFormat.class, "type"));
    assertEquals(48, BlockHeaderFormat.RESERVED);
    assertEquals(64, BlockHeaderFormat.LENGTH);
  }

  private static long read(ByteBuffer image, Class<?> formatClass, String name) {
    Field field = FormatPage.field(formatClass, name);
    switch (field.size()) {
      case 2:
        return image.getShort(field.offset());
      case 4:
        return image.getInt(field.offset());
      case 8:
        return image.getLong(field.offset());
      default:
        throw new AssertionError(field.toString());
    }
  }

  @Test
  void typesAreTheOnesOfThePage() {
    String meaning = FormatPage.field(BlockHeaderFormat.class, "type").meaning();
    for (BlockType type : BlockType.values()) {
      String word = type.title().replace(" block", "");
      assertTrue(meaning.contains(type.code() + " " + word), type + " is not in: " + meaning);
    }
  }

  @Test
  void superblockStandsWhereThePageSays() throws ReflectiveOperationException {
    for (Field field : FormatPage.fieldsOf(SuperblockFormat.class)) {
      if (field.size() <= 8 && !List.of("reserved", "magic", "version").contains(field.name())) {
        Superblock superblock = new Superblock(1);
        set(superblock, field);
        ByteBuffer image = BlockHeaderFormat.newBlock();
        SuperblockFormat.encode(superblock, 0, image);
        assertEquals(0x11223344, read(image, SuperblockFormat.class, field.name()), field.name());
        image.put(field.offset(), new byte[field.size()]);
        assertZeroBehind(image, FormatPage.field(SuperblockFormat.class, "version").end());
      }
    }
  }

  private static void set(Object target, Field field) throws ReflectiveOperationException {
    java.lang.reflect.Field variable = target.getClass().getField(field.name());
    int size = variable.getType() == long.class ? Long.BYTES : Integer.BYTES;
    assertEquals(size, field.size(), field.name());
    if (size == Long.BYTES) {
      variable.setLong(target, 0x11223344);
    } else {
      variable.setInt(target, 0x11223344);
    }
  }

  private static void assertZeroBehind(ByteBuffer image, int from) {
    for (int at = from; at < BlockHeaderFormat.BLOCK_BYTES; at++) {
      assertEquals(0, image.get(at), "offset " + at);
    }
  }

  @Test
  void fixedPartsOfTheSuperblockStandWhereThePageSays() {
    Superblock superblock = new Superblock(1);
    superblock.dataIndexSlots[511] = 3;
    superblock.nodeIndexSlots[0] = 2;
    ByteBuffer image = BlockHeaderFormat.newBlock();
    SuperblockFormat.encode(superblock, 0, image);
    byte[] magic = new byte[8];
    image.get(FormatPage.field(SuperblockFormat.class, "magic").offset(), magic);
    assertEquals("VENEERTP", new String(magic, java.nio.charset.StandardCharsets.US_ASCII));
    assertEquals(1, read(image, SuperblockFormat.class, "version"));
    Field data = FormatPage.field(SuperblockFormat.class, "dataIndexSlots");
    Field nodes = FormatPage.field(SuperblockFormat.class, "nodeIndexSlots");
    assertEquals(3, image.get(data.end() - 1));
    assertEquals(2, image.get(nodes.offset()));
    assertEquals(SuperblockFormat.DATA_SLOTS_AT, data.offset());
    assertEquals(SuperblockFormat.NODE_SLOTS_AT, nodes.offset());
    assertEquals(SuperblockFormat.SLOTS_BYTES, nodes.size());
  }

  @Test
  void deviceRecordStandsWhereThePageSays() throws ReflectiveOperationException {
    List<String> others = List.of("id", "reserved", "textBytes", "textBlocks", "text");
    for (Field field : FormatPage.fieldsOf(DeviceRecordFormat.class)) {
      if (!others.contains(field.name())) {
        DeviceRecord record = new DeviceRecord(7);
        set(record, field);
        ByteBuffer image = BlockHeaderFormat.newBlock();
        DeviceRecordFormat.encode(record, new byte[0], new long[0], image);
        assertEquals(0x11223344, read(image, DeviceRecordFormat.class, field.name()), field.name());
        assertEquals(7, read(image, DeviceRecordFormat.class, "id"));
        image.put(field.offset(), new byte[field.size()]);
        assertZeroBehind(image, FormatPage.field(DeviceRecordFormat.class, "id").end());
      }
    }
  }

  @Test
  void textOfADeviceStandsWhereThePageSays() {
    byte[] text = new byte[DeviceRecordFormat.TEXT_BYTES_MAX];
    java.util.Arrays.fill(text, (byte) 5);
    long[] blocks = new long[DeviceRecordFormat.TEXT_BLOCKS];
    java.util.Arrays.fill(blocks, 9);
    ByteBuffer image = BlockHeaderFormat.newBlock();
    DeviceRecordFormat.encode(new DeviceRecord(1), text, blocks, image);
    assertEquals(text.length, read(image, DeviceRecordFormat.class, "textBytes"));
    Field numbers = FormatPage.field(DeviceRecordFormat.class, "textBlocks");
    assertEquals(9, image.getLong(numbers.offset()));
    assertEquals(9, image.getLong(numbers.end() - 8));
    Field inline = FormatPage.field(DeviceRecordFormat.class, "text");
    assertEquals(DeviceRecordFormat.TEXT_INLINE_BYTES, inline.size());
    assertEquals(5, image.get(inline.offset()));
    assertEquals(5, image.get(inline.end() - 1));
    assertEquals(0, image.get(numbers.offset() - 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "holds 1344 counts of 3 bytes from offset 64",
        "holds 2016 entries of 2 bytes from offset\n64",
        "bits 15 to 14 the valid slot"
      })
  void countsAreAsThePageSays(String words) {
    assertTrue(FormatPage.sectionOf(CountsFormat.class).contains(words), words);
    assertEquals(1344, CountsFormat.COUNTS);
    assertEquals(64, CountsFormat.countOffset(0));
    assertEquals(4096, CountsFormat.countOffset(1344));
    assertEquals(2016, CountsFormat.INDEX_ENTRIES);
    assertEquals(64, CountsFormat.indexOffset(0));
    assertEquals(4096, CountsFormat.indexOffset(2016));
    assertEquals((short) 0x8540, CountsFormat.indexEntry(2, 1344));
  }

  @Test
  void nodesAreAsThePageSays() {
    String section = FormatPage.sectionOf(NodeFormat.class);
    assertTrue(section.contains("A node has 504\nentries of 8 bytes from offset 64"), section);
    assertEquals(504, NodeFormat.ENTRIES);
    assertEquals(64, NodeFormat.entryOffset(0));
    assertEquals(4096, NodeFormat.entryOffset(504));
    assertTrue(section.contains("any level from 0 to 3"), section);
    assertEquals(3, NodeFormat.LEVEL_MAX);
  }

  @Test
  void bitsOfAMappingAreAsThePageSays() {
    String section = FormatPage.sectionOf(MappingEntry.class);
    for (String row :
        List.of("| 63 | present", "| 62 | zero", "| 61 to 32 | time", "| 31 to 0 |")) {
      assertTrue(section.contains(row), row);
    }
    assertEquals(1L << 63, MappingEntry.data(0, 0));
    assertEquals(3L << 62, MappingEntry.zero(0));
    assertEquals(1L << 63 | 1L << 32, MappingEntry.data(0, 1));
    assertEquals(1L << 63 | 1L, MappingEntry.data(1, 0));
  }

  @Test
  void areasFollowEachOtherAsThePageSays() {
    PoolGeometry geometry = new PoolGeometry(1344 * 2016 + 1, 1344);
    assertEquals(2, geometry.dataIndexStart());
    assertEquals(2 + 2 * 2, geometry.nodeIndexStart());
    assertEquals(6 + 2, geometry.dataCountsStart());
    assertEquals(8 + 2 * 2017, geometry.nodeCountsStart());
    assertEquals(8 + 2 * 2017 + 2, geometry.nodesStart());
    assertEquals(8 + 2 * 2017 + 2 + 1344, geometry.end());
  }

  @Test
  void limitsAreAsThePageSays() {
    String page = FormatPage.text();
    assertTrue(page.contains("| data blocks | up to 2^32, and up to 64 TiB |"));
    assertEquals(1L << 32, PoolGeometry.ofBlockSize(4096).dataBlocksMax());
    assertEquals(1L << 30, PoolGeometry.ofBlockSize(65536).dataBlocksMax());
    assertEquals(1L << 26, PoolGeometry.ofBlockSize(1 << 20).dataBlocksMax());
    assertTrue(page.contains("up to 2^28 blocks (1 TiB)"));
    assertEquals(1L << 28, PoolGeometry.ofBlockSize(4096).nodeBlocksMax());
    assertTrue(page.contains("ids 1 to 2^24 - 1"));
    assertEquals((1 << 24) - 1, DeviceRecord.ID_MAX);
    assertTrue(page.contains("| pool clock | up to 2^30 - 1"));
    assertEquals((1L << 30) - 1, MappingEntry.TIME_MAX);
    assertTrue(page.contains("from 1 MiB to 16 TiB"));
    assertEquals(1L << 20, DeviceRecord.SIZE_BYTES_MIN);
    assertEquals(1L << 44, DeviceRecord.SIZE_BYTES_MAX);
    assertTrue(page.contains("a power of two from 4 KiB to 1 MiB"));
    assertEquals(4096, Superblock.BLOCK_SIZE_MIN);
    assertEquals(1 << 20, Superblock.BLOCK_SIZE_MAX);
  }
}
