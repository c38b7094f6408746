// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes an uncompressed archive in pax form: what a plain POSIX header has room for goes there,
 * all else in pax records in front. The same entries always give the same bytes. One thread; the
 * stream is the caller's.
 */
final class TarWriter {
  private static final byte[] ZEROES = new byte[TarFormat.BLOCK_BYTES];
  private static final String RECORDS_NAME = "PaxHeaders/";
  private static final int RECORDS_PERMISSIONS = 0644;
  private static final int ASCII_MAX = 0x7e;

  private final OutputStream stream;
  private long remainingBytes;
  private int paddingBytes;

  TarWriter(OutputStream stream) {
    this.stream = stream;
  }

  /** Begins an entry; its stored bytes are written next. Holes are stored as zeroes. */
  void begin(TarEntry entry) throws IOException {
    finishContent();
    String path = entry.isFolder() ? entry.path() + "/" : entry.path();
    byte[] records = records(entry, path);
    if (records.length > 0) {
      byte[] header = header(RECORDS_NAME + path, TarFormat.PAX);
      TarFormat.putNumber(header, TarFormat.MODE, RECORDS_PERMISSIONS);
      write(header, records);
    }
    byte[] header = header(path, type(entry.type()));
    putFields(header, entry);
    TarFormat.seal(header);
    stream.write(header);
    remainingBytes = entry.content().storedBytes();
    paddingBytes = TarFormat.paddingBytes(remainingBytes);
  }

  /** Writes bytes of the current entry. */
  void write(byte[] source, int begin, int lengthBytes) throws IOException {
    if (lengthBytes > remainingBytes) {
      throw new IllegalArgumentException("more bytes than the entry has");
    }
    stream.write(source, begin, lengthBytes);
    remainingBytes -= lengthBytes;
  }

  /** Ends the archive; the stream is flushed, not closed. */
  void finish() throws IOException {
    finishContent();
    stream.write(ZEROES);
    stream.write(ZEROES);
    stream.flush();
  }

  private void finishContent() throws IOException {
    if (remainingBytes > 0) {
      throw new IllegalStateException("bytes of an entry are missing count=" + remainingBytes);
    }
    stream.write(ZEROES, 0, paddingBytes);
    paddingBytes = 0;
  }

  private void write(byte[] header, byte[] content) throws IOException {
    TarFormat.putNumber(header, TarFormat.SIZE, content.length);
    TarFormat.seal(header);
    stream.write(header);
    stream.write(content);
    stream.write(ZEROES, 0, TarFormat.paddingBytes(content.length));
  }

  private static byte[] header(String path, char type) {
    byte[] header = new byte[TarFormat.BLOCK_BYTES];
    TarFormat.putText(header, TarFormat.NAME, firstOf(path, TarFormat.NAME));
    header[TarFormat.TYPE_OFFSET] = (byte) type;
    return header;
  }

  private static void putFields(byte[] header, TarEntry entry) {
    TarFormat.putNumber(header, TarFormat.MODE, entry.permissions());
    putIfFits(header, TarFormat.OWNER, entry.owner());
    putIfFits(header, TarFormat.GROUP, entry.group());
    putIfFits(header, TarFormat.SIZE, entry.content().storedBytes());
    putIfFits(header, TarFormat.MODIFIED, entry.modified().seconds());
    TarFormat.putText(header, TarFormat.LINK, firstOf(entry.link(), TarFormat.LINK));
    putIfFits(header, TarFormat.MAJOR, Integer.toUnsignedLong(entry.device().major()));
    putIfFits(header, TarFormat.MINOR, Integer.toUnsignedLong(entry.device().minor()));
  }

  private static void putIfFits(byte[] header, TarFormat.Field field, long value) {
    TarFormat.putNumber(header, field, TarFormat.fits(value, field) ? value : 0);
  }

  private static String firstOf(String text, TarFormat.Field field) {
    return text.length() <= field.length() ? text : text.substring(0, field.length());
  }

  private static byte[] records(TarEntry entry, String path) throws IOException {
    Map<String, String> records = new TreeMap<>();
    if (needsRecord(path, TarFormat.NAME)) {
      records.put(PaxRecords.PATH, path);
    }
    if (needsRecord(entry.link(), TarFormat.LINK)) {
      records.put(PaxRecords.LINK, entry.link());
    }
    addNumber(records, PaxRecords.OWNER, entry.owner(), TarFormat.OWNER);
    addNumber(records, PaxRecords.GROUP, entry.group(), TarFormat.GROUP);
    addNumber(records, PaxRecords.SIZE, entry.content().storedBytes(), TarFormat.SIZE);
    FileTime modified = entry.modified();
    if (modified.nanos() != 0 || !TarFormat.fits(modified.seconds(), TarFormat.MODIFIED)) {
      records.put(PaxRecords.MODIFIED, modified.decimal());
    }
    entry
        .attributes()
        .forEach(
            (name, value) ->
                records.put(
                    PaxRecords.ATTRIBUTE + PaxRecords.encodedName(name),
                    ByteNames.of(value, 0, value.length)));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Map.Entry<String, String> each : records.entrySet()) {
      bytes.write(PaxRecords.record(each.getKey(), each.getValue()));
    }
    return bytes.toByteArray();
  }

  private static void addNumber(
      Map<String, String> records, String key, long value, TarFormat.Field field) {
    if (!TarFormat.fits(value, field)) {
      records.put(key, Long.toString(value));
    }
  }

  private static boolean needsRecord(String text, TarFormat.Field field) {
    return text.length() > field.length() || text.chars().anyMatch(each -> each > ASCII_MAX);
  }

  private static char type(int type) {
    return switch (type) {
      case FileStatus.FOLDER -> TarFormat.FOLDER;
      case FileStatus.REGULAR -> TarFormat.REGULAR;
      case FileStatus.LINK -> TarFormat.LINK_TYPE;
      case FileStatus.CHARACTER_DEVICE -> TarFormat.CHARACTER_DEVICE;
      case FileStatus.BLOCK_DEVICE -> TarFormat.BLOCK_DEVICE;
      case FileStatus.FIFO -> TarFormat.FIFO;
      default -> TarFormat.HARD_LINK;
    };
  }
}
