// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.TreeMap;

/** Tars of a few plain files, written and read by the book (POSIX ustar) and not by our code. */
final class SmallTar {
  private static final int BLOCK = 512;
  private static final int SIZE = 124;
  private static final int CHECKSUM = 148;
  private static final int TYPE = 156;

  private SmallTar() {}

  static byte[] of(String... namesAndContents) {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndContents.length; i += 2) {
      byte[] content = namesAndContents[i + 1].getBytes(StandardCharsets.UTF_8);
      tar.writeBytes(header(namesAndContents[i], content.length));
      tar.writeBytes(Arrays.copyOf(content, (content.length + BLOCK - 1) / BLOCK * BLOCK));
    }
    tar.writeBytes(new byte[2 * BLOCK]);
    return tar.toByteArray();
  }

  private static byte[] header(String name, int length) {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, "0000644\0000000000\0000000000\000%011o\00000000000000\0".formatted(length));
    put(header, CHECKSUM, "        0");
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte each : header) {
      sum += each & 0xff;
    }
    put(header, CHECKSUM, "%06o\0".formatted(sum));
    return header;
  }

  private static void put(byte[] header, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }

  /** The plain files by name; whatever else is in it is passed over. */
  static TreeMap<String, String> contents(byte[] tar) {
    TreeMap<String, String> contents = new TreeMap<>();
    int at = 0;
    while (at < tar.length && tar[at] != 0) {
      int length = Integer.parseInt(text(tar, at + SIZE, 12).strip(), 8);
      if (tar[at + TYPE] == '0') {
        contents.put(text(tar, at, 100), text(tar, at + BLOCK, length));
      }
      at += BLOCK + (length + BLOCK - 1) / BLOCK * BLOCK;
    }
    return contents;
  }

  private static String text(byte[] tar, int offset, int lengthMax) {
    String text = new String(tar, offset, lengthMax, StandardCharsets.UTF_8);
    int end = text.indexOf(0);
    return lengthMax > 100 || end < 0 ? text : text.substring(0, end);
  }
}
