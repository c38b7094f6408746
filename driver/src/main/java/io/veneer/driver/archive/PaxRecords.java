// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The records of a pax header: {@code LENGTH KEY=VALUE} with a line feed behind, where LENGTH is
 * that of the whole record in decimal. A record without a value takes an earlier one back. Keys and
 * values are byte names. One thread.
 */
final class PaxRecords {
  static final String PATH = "path";
  static final String LINK = "linkpath";
  static final String SIZE = "size";
  static final String OWNER = "uid";
  static final String GROUP = "gid";
  static final String MODIFIED = "mtime";
  static final String ATTRIBUTE = "SCHILY.xattr.";
  static final String SPARSE_MAJOR = "GNU.sparse.major";
  static final String SPARSE_MINOR = "GNU.sparse.minor";
  static final String SPARSE_NAME = "GNU.sparse.name";
  static final String SPARSE_SIZE = "GNU.sparse.size";
  static final String SPARSE_REAL_SIZE = "GNU.sparse.realsize";
  static final String SPARSE_MAP = "GNU.sparse.map";
  private static final String SPARSE_OFFSET = "GNU.sparse.offset";
  private static final String SPARSE_LENGTH = "GNU.sparse.numbytes";
  private static final int LENGTH_DIGITS_MAX = 8;

  private final Map<String, String> values = new HashMap<>();

  PaxRecords() {}

  PaxRecords(PaxRecords defaults) {
    values.putAll(defaults.values);
  }

  /** Adds the records of a header; what they say wins over what was there. */
  void add(byte[] header, long offset) {
    int begin = 0;
    StringBuilder pieces = new StringBuilder();
    while (begin < header.length) {
      int blank = begin;
      while (blank < header.length && header[blank] >= '0' && header[blank] <= '9') {
        blank++;
      }
      int length = length(header, begin, blank, offset);
      String record = ByteNames.of(header, blank + 1, begin + length - blank - 2);
      int equals = record.indexOf('=');
      if (equals <= 0) {
        throw ArchiveErrors.damaged("a pax record has no key", offset);
      }
      put(record.substring(0, equals), record.substring(equals + 1), pieces);
      begin += length;
    }
    if (!pieces.isEmpty()) {
      values.put(SPARSE_MAP, pieces.substring(1));
    }
  }

  private static int length(byte[] header, int begin, int blank, long offset) {
    boolean readable =
        blank > begin
            && blank - begin <= LENGTH_DIGITS_MAX
            && blank < header.length
            && header[blank] == ' ';
    int length = readable ? Integer.parseInt(ByteNames.of(header, begin, blank - begin)) : 0;
    int end = begin + length;
    if (length < blank - begin + 2 || end > header.length || header[end - 1] != '\n') {
      throw ArchiveErrors.damaged("a pax record cannot be read", offset);
    }
    return length;
  }

  /** The oldest form of sparse files repeats two keys; they are gathered into the later form. */
  private void put(String key, String value, StringBuilder pieces) {
    if (key.equals(SPARSE_OFFSET) || key.equals(SPARSE_LENGTH)) {
      pieces.append(',').append(value);
    } else if (value.isEmpty()) {
      values.remove(key);
    } else {
      values.put(key, value);
    }
  }

  Optional<String> get(String key) {
    return Optional.ofNullable(values.get(key));
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /** A number, or what the header itself says. */
  long number(String key, long otherwise) {
    String value = values.get(key);
    return value == null ? otherwise : Long.parseLong(value);
  }

  /** The extended attributes. */
  Map<String, byte[]> attributes() {
    Map<String, byte[]> attributes = new HashMap<>();
    values.forEach(
        (key, value) -> {
          if (key.startsWith(ATTRIBUTE)) {
            attributes.put(decodedName(key.substring(ATTRIBUTE.length())), ByteNames.bytes(value));
          }
        });
    return attributes;
  }

  /** One record's bytes; its length counts the digits of the length too. */
  static byte[] record(String key, String value) {
    int rest = key.length() + value.length() + " =\n".length();
    int length = rest + Integer.toString(rest).length();
    if (Integer.toString(length).length() > Integer.toString(rest).length()) {
      length++;
    }
    return ByteNames.bytes(length + " " + key + "=" + value + "\n");
  }

  /** As GNU tar writes names of attributes that have an equals sign. */
  static String encodedName(String name) {
    return name.replace("%", "%25").replace("=", "%3D");
  }

  private static String decodedName(String name) {
    return name.replace("%3D", "=").replace("%25", "%");
  }
}
