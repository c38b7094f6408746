// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The format, down to its corners. */
class TarReaderTest {

  private static List<TarEntry> read(byte[] tar) {
    try {
      TarReader reader = new TarReader(new ByteArrayInputStream(tar));
      List<TarEntry> entries = new ArrayList<>();
      Optional<TarEntry> entry = reader.next();
      while (entry.isPresent()) {
        entries.add(entry.get());
        entry = reader.next();
      }
      return entries;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static DriverException fails(byte[] tar) {
    return assertThrows(DriverException.class, () -> read(tar));
  }

  /** One header, changed, with a content, as an archive. */
  private static byte[] archive(Consumer<byte[]> change, byte[] content) {
    byte[] header = new byte[TarFormat.BLOCK_BYTES];
    TarFormat.putText(header, TarFormat.NAME, "name");
    TarFormat.putNumber(header, TarFormat.MODE, 0644);
    TarFormat.putNumber(header, TarFormat.SIZE, content.length);
    header[TarFormat.TYPE_OFFSET] = (byte) TarFormat.REGULAR;
    change.accept(header);
    TarFormat.seal(header);
    byte[] tar = new byte[512 + content.length + TarFormat.paddingBytes(content.length) + 1024];
    System.arraycopy(header, 0, tar, 0, header.length);
    System.arraycopy(content, 0, tar, 512, content.length);
    return tar;
  }

  private static byte[] joined(byte[]... archives) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < archives.length; i++) {
      int length = i < archives.length - 1 ? archives[i].length - 1024 : archives[i].length;
      all.write(archives[i], 0, length);
    }
    return all.toByteArray();
  }

  private static byte[] pax(String... records) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (String record : records) {
      int equals = record.indexOf('=');
      content.writeBytes(
          PaxRecords.record(record.substring(0, equals), record.substring(equals + 1)));
    }
    return extra('x', content.toByteArray());
  }

  private static byte[] extra(char type, byte[] content) {
    return archive(header -> header[TarFormat.TYPE_OFFSET] = (byte) type, content);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] plain() {
    return archive(header -> {}, ascii("content"));
  }

  @Test
  void readsAPlainHeader() {
    TarEntry entry = read(plain()).get(0);
    assertEquals("name", entry.path());
    assertEquals(0644, entry.permissions());
    assertEquals(TarEntry.Content.whole(7), entry.content());
  }

  @Test
  void joinsThePrefixOfPosixOnly() {
    byte[] posix = archive(h -> TarFormat.putText(h, TarFormat.PREFIX, "in/front"), ascii(""));
    assertEquals("in/front/name", read(posix).get(0).path());
    byte[] gnu = posix.clone();
    System.arraycopy(ascii("ustar  "), 0, gnu, 257, 7);
    assertEquals("name", read(resealed(gnu)).get(0).path());
  }

  private static byte[] resealed(byte[] tar) {
    byte[] block = Arrays.copyOf(tar, 512);
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? ' ' : Byte.toUnsignedInt(block[i]);
    }
    byte[] resealed = tar.clone();
    System.arraycopy(ascii(String.format("%06o\0 ", sum)), 0, resealed, 148, 8);
    return resealed;
  }

  @Test
  void recordsWinOverLongNamesOverHeaders() {
    byte[] longName = extra('L', ascii("long name\0"));
    assertEquals("long name", read(joined(longName, plain())).get(0).path());
    byte[] records = pax("path=from records", "mtime=-1.5");
    assertEquals("from records", read(joined(longName, records, plain())).get(0).path());
    byte[] longLink = extra('K', ascii("target"));
    byte[] link = archive(h -> h[156] = '2', new byte[0]);
    assertEquals("target", read(joined(longLink, link)).get(0).link());
  }

  @Test
  void globalRecordsCountForAllThatFollow() {
    byte[] global =
        extra('g', concat(PaxRecords.record("uid", "7"), PaxRecords.record("comment", "x")));
    List<TarEntry> entries = read(joined(global, plain(), pax("uid=8"), plain(), plain()));
    assertEquals(List.of(7L, 8L, 7L), entries.stream().map(TarEntry::owner).toList());
  }

  private static byte[] concat(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  @ParameterizedTest
  @CsvSource({
    "1.5, 1, 500000000",
    "1, 1, 0",
    "-1.5, -2, 500000000",
    "-0.25, -1, 750000000",
    "0.0000000019, 0, 1",
    ".5, 0, 500000000",
    "1234567890.123456789, 1234567890, 123456789"
  })
  void readsAndWritesTimes(String text, long seconds, int nanos) {
    FileTime time = new FileTime(seconds, nanos);
    assertEquals(time, FileTime.parse(text));
    assertEquals(time, FileTime.parse(time.decimal()));
  }

  @Test
  void readsBinaryNumbers() {
    byte[] large =
        archive(
            header -> {
              Arrays.fill(header, 108, 116, (byte) 0);
              header[108] = (byte) 0x80;
              header[114] = 1;
              header[136] = (byte) 0xff;
              Arrays.fill(header, 137, 148, (byte) 0xff);
            },
            ascii(""));
    TarEntry entry = read(large).get(0);
    assertEquals(256, entry.owner());
    assertEquals(-1, entry.modified().seconds());
  }

  @Test
  void readsTheDeviceNumbersThatItWrote() {
    for (int[] number : new int[][] {{1, 3}, {259, 70000}, {4095, 1048575}, {0, 0}}) {
      DeviceNumber device = new DeviceNumber(number[0], number[1]);
      byte[] tar = new ArchiveBuilder().device("d", number[0], number[1]).bytes();
      assertEquals(device, read(tar).get(0).device());
    }
    assertEquals(0x103, new DeviceNumber(1, 3).packed());
  }

  @Test
  void everyCutIsNoticed() {
    byte[] tar = joined(pax("path=p"), plain(), plain());
    for (int length = 1; length < tar.length - 1023; length++) {
      DriverException failure = fails(Arrays.copyOf(tar, length));
      assertEquals(Kind.DATA_LOSS, failure.kind(), length + ": " + failure.getMessage());
    }
  }

  @Test
  void everyChangedByteOfAHeaderIsNoticed() {
    byte[] tar = plain();
    for (int place = 0; place < 512; place++) {
      if (place < 148 || place >= 156) {
        byte[] damaged = tar.clone();
        damaged[place] ^= 0x10;
        assertEquals(Kind.DATA_LOSS, fails(damaged).kind());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(chars = {'M', 'N', 'Z', '8', 'A', 'G', (char) 0x81})
  void unknownTypesAreRefused(char type) {
    DriverException failure = fails(archive(h -> h[156] = (byte) type, ascii("")));
    assertEquals(Kind.INVALID_ARGUMENT, failure.kind());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5 a=\n",
        "x",
        "4 a\n",
        "99 path=a\n",
        "9 path=a\nx",
        "9path=aa\n",
        "-9 path=a\n",
        "99999999999999999999 a=b\n",
        "9 path=ab",
        "6 =ab\n",
        " 9 path=a\n",
        "9 path=a"
      })
  void damagedRecords(String content) {
    if (content.equals("5 a=\n")) {
      assertEquals(1, read(joined(extra('x', ascii(content)), plain())).size());
      return;
    }
    assertEquals(Kind.DATA_LOSS, fails(joined(extra('x', ascii(content)), plain())).kind());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "size=-1",
        "size=x",
        "size=99999999999999999999",
        "mtime=abc",
        "mtime=1.x",
        "uid=-1",
        "uid=4294967295",
        "mtime=-9223372036854775808.5",
        "GNU.sparse.map=1",
        "GNU.sparse.map=5,2,3,1",
        "GNU.sparse.map=-1,7",
        "GNU.sparse.map=0,9223372036854775807",
        "GNU.sparse.map=0,6"
      })
  void recordsThatCannotBe(String record) {
    byte[] tar = joined(pax("GNU.sparse.size=100", record), plain());
    if (!record.startsWith("GNU")) {
      tar = joined(pax(record), plain());
    }
    assertEquals(Kind.DATA_LOSS, fails(tar).kind(), record);
  }

  @Test
  void headersThatNeverEnd() {
    byte[] large = extra('x', new byte[(1 << 20) + 1]);
    assertEquals(Kind.DATA_LOSS, fails(large).kind());
  }

  @Test
  void readsSparseFilesOfEveryForm() {
    TarEntry.Content expected =
        new TarEntry.Content(100, 7, List.of(new TarEntry.Piece(10, 3), new TarEntry.Piece(50, 4)));
    byte[] oldest =
        pax(
            "GNU.sparse.size=100",
            "GNU.sparse.numblocks=2",
            "GNU.sparse.offset=10",
            "GNU.sparse.numbytes=3",
            "GNU.sparse.offset=50",
            "GNU.sparse.numbytes=4");
    assertEquals(expected, read(joined(oldest, plain())).get(0).content());
    byte[] later =
        pax("GNU.sparse.size=100", "GNU.sparse.map=10,3,50,4", "GNU.sparse.name=real name");
    assertEquals(expected, read(joined(later, plain())).get(0).content());
    assertEquals("real name", read(joined(later, plain())).get(0).path());
    byte[] latest = pax("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.realsize=100");
    byte[] map = Arrays.copyOf(ascii("2\n10\n3\n50\n4\n"), 519);
    System.arraycopy(ascii("content"), 0, map, 512, 7);
    assertEquals(expected, read(joined(latest, archive(h -> {}, map))).get(0).content());
    byte[] own =
        archive(
            header -> {
              header[156] = 'S';
              putOctal(header, 386, 10);
              putOctal(header, 398, 3);
              putOctal(header, 410, 50);
              putOctal(header, 422, 4);
              putOctal(header, 483, 100);
            },
            ascii("content"));
    assertEquals(expected, read(own).get(0).content());
  }

  private static void putOctal(byte[] header, int offset, long value) {
    TarFormat.putNumber(header, new TarFormat.Field(offset, 12), value);
  }

  @Test
  void writesWhatItReads() throws IOException {
    Map<String, byte[]> attributes =
        Map.of("user.a=%", new byte[] {0, 1, (byte) 255, '\n'}, "trusted.b", new byte[0]);
    TarEntry entry =
        new TarEntry(
            "n".repeat(99) + "\u00e4/\u00ff",
            FileStatus.REGULAR,
            "",
            07777,
            4_000_000_000L,
            3_000_000,
            new FileTime(-5, 7),
            DeviceNumber.NONE,
            TarEntry.Content.whole(3),
            attributes);
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    TarWriter writer = new TarWriter(tar);
    writer.begin(entry);
    writer.write(ascii("abc"), 0, 3);
    writer.finish();
    TarEntry back = read(tar.toByteArray()).get(0);
    assertEquals(entry.path(), back.path());
    assertEquals(entry.owner(), back.owner());
    assertEquals(entry.group(), back.group());
    assertEquals(entry.modified(), back.modified());
    assertEquals(entry.permissions(), back.permissions());
    assertArrayEquals(attributes.get("user.a=%"), back.attributes().get("user.a=%"));
  }
}
