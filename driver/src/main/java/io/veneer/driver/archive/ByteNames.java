// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Names of files as Linux and tar have them: bytes, which need not be text in any encoding. In this
 * package a name is a string with one character for each byte (0 to 255), so that none is lost;
 * towards callers it is UTF-8. Stateless; any thread.
 */
final class ByteNames {
  private ByteNames() {}

  /** The bytes of a name. */
  static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The bytes of a name with a zero behind, as C wants it. */
  static byte[] terminated(String name) {
    byte[] bytes = bytes(name);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }

  /** A name of bytes. */
  static String of(byte[] bytes, int begin, int length) {
    return new String(bytes, begin, length, StandardCharsets.ISO_8859_1);
  }

  /** A name of a caller's text. */
  static String ofText(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return of(bytes, 0, bytes.length);
  }

  /** A name as a caller reads it: what is no UTF-8 in it is replaced. */
  static String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }
}
