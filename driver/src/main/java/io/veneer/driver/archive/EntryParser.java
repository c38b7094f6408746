// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import io.veneer.driver.archive.TarEntry.Content;
import java.io.IOException;

/**
 * Puts one entry together: its header, and what other headers said of it before. Later forms win
 * over earlier ones: pax records, then GNU's long names, then the header's own fields. Numbers that
 * cannot be read are {@link NumberFormatException}s. One thread; for one entry.
 */
final class EntryParser {
  private final PaxRecords records;
  private String longName;
  private String longLink;

  EntryParser(PaxRecords globals) {
    this.records = new PaxRecords(globals);
  }

  void addRecords(byte[] header) {
    records.add(header, 0);
  }

  void setLongName(byte[] content) {
    longName = upToZero(content);
  }

  void setLongLink(byte[] content) {
    longLink = upToZero(content);
  }

  private static String upToZero(byte[] content) {
    String text = ByteNames.of(content, 0, content.length);
    int zero = text.indexOf('\0');
    return zero < 0 ? text : text.substring(0, zero);
  }

  /** How many bytes follow the header. Links, devices and folders have none, whatever they say. */
  long storedBytes(byte[] header) {
    return switch ((char) header[TarFormat.TYPE_OFFSET]) {
      case TarFormat.HARD_LINK,
          TarFormat.LINK_TYPE,
          TarFormat.CHARACTER_DEVICE,
          TarFormat.BLOCK_DEVICE,
          TarFormat.FOLDER,
          TarFormat.FIFO ->
          0;
      default -> records.number(PaxRecords.SIZE, TarFormat.number(header, TarFormat.SIZE));
    };
  }

  /** The sparse map; null if the file has none. */
  SparseMap sparseMap(byte[] header, SparseMap.Blocks blocks) throws IOException {
    if (header[TarFormat.TYPE_OFFSET] == TarFormat.GNU_SPARSE) {
      return SparseMap.ofHeader(header, blocks);
    }
    long realBytes =
        records.number(PaxRecords.SPARSE_REAL_SIZE, records.number(PaxRecords.SPARSE_SIZE, 0));
    if (records.number(PaxRecords.SPARSE_MAJOR, 0) == 1
        && records.number(PaxRecords.SPARSE_MINOR, 0) == 0) {
      return SparseMap.ofContent(realBytes, blocks);
    }
    if (records.has(PaxRecords.SPARSE_MAP)) {
      return SparseMap.ofText(records.get(PaxRecords.SPARSE_MAP).orElseThrow(), realBytes);
    }
    // All of such a file is one hole: the oldest form then repeats no key.
    return records.has(PaxRecords.SPARSE_SIZE) ? new SparseMap(realBytes) : null;
  }

  TarEntry entry(byte[] header, SparseMap sparse, long storedBytes) {
    String path = path(header);
    int type = type((char) header[TarFormat.TYPE_OFFSET], path);
    Content content = sparse == null ? Content.whole(storedBytes) : sparse.content(storedBytes);
    return new TarEntry(
        path,
        type,
        link(header),
        (int) TarFormat.number(header, TarFormat.MODE) & FileStatus.PERMISSIONS,
        id(records.number(PaxRecords.OWNER, TarFormat.number(header, TarFormat.OWNER))),
        id(records.number(PaxRecords.GROUP, TarFormat.number(header, TarFormat.GROUP))),
        modified(header),
        device(header, type),
        type == FileStatus.REGULAR ? content : Content.NONE,
        records.attributes());
  }

  private String path(byte[] header) {
    return records
        .get(PaxRecords.SPARSE_NAME)
        .or(() -> records.get(PaxRecords.PATH))
        .orElseGet(() -> longName == null ? headerPath(header) : longName);
  }

  private static String headerPath(byte[] header) {
    String name = TarFormat.text(header, TarFormat.NAME);
    String prefix = TarFormat.isPosix(header) ? TarFormat.text(header, TarFormat.PREFIX) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private String link(byte[] header) {
    return records
        .get(PaxRecords.LINK)
        .orElseGet(() -> longLink == null ? TarFormat.text(header, TarFormat.LINK) : longLink);
  }

  private static int type(char type, String path) {
    return switch (type) {
      case TarFormat.REGULAR, TarFormat.REGULAR_OLD ->
          path.endsWith("/") ? FileStatus.FOLDER : FileStatus.REGULAR;
      case TarFormat.CONTIGUOUS, TarFormat.GNU_SPARSE -> FileStatus.REGULAR;
      case TarFormat.HARD_LINK -> TarEntry.HARD_LINK;
      case TarFormat.LINK_TYPE -> FileStatus.LINK;
      case TarFormat.CHARACTER_DEVICE -> FileStatus.CHARACTER_DEVICE;
      case TarFormat.BLOCK_DEVICE -> FileStatus.BLOCK_DEVICE;
      case TarFormat.FOLDER, TarFormat.GNU_FOLDER -> FileStatus.FOLDER;
      case TarFormat.FIFO -> FileStatus.FIFO;
      default ->
          throw ArchiveErrors.refused(
              "archive has an entry of a type that is not known type=" + shown(type), path);
    };
  }

  private static String shown(char type) {
    return type > ' ' && type < 0x7f
        ? String.valueOf(type)
        : "0x" + Integer.toHexString(type & 0xff);
  }

  private FileTime modified(byte[] header) {
    return records
        .get(PaxRecords.MODIFIED)
        .map(FileTime::parse)
        .orElseGet(() -> new FileTime(TarFormat.number(header, TarFormat.MODIFIED), 0));
  }

  private static DeviceNumber device(byte[] header, int type) {
    if (type != FileStatus.CHARACTER_DEVICE && type != FileStatus.BLOCK_DEVICE) {
      return DeviceNumber.NONE;
    }
    return new DeviceNumber(
        (int) id(TarFormat.number(header, TarFormat.MAJOR)),
        (int) id(TarFormat.number(header, TarFormat.MINOR)));
  }

  /** An id has 32 bits, and the highest means "leave it". */
  private static long id(long number) {
    if (number < 0 || number >= 0xffffffffL) {
      throw new NumberFormatException("an id is out of range");
    }
    return number;
  }
}
