// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.overlay2;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The short name of a layer: 26 of the characters A to Z and 2 to 7, as Docker's are. It follows
 * from the id, so that a lost link can be made again.
 */
final class ShortName {
  static final int LENGTH = 26;

  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private ShortName() {}

  static String of(String id) {
    byte[] digest = sha256(id);
    StringBuilder name = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      name.append(ALPHABET.charAt(digest[i] & (ALPHABET.length() - 1)));
    }
    return name.toString();
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
