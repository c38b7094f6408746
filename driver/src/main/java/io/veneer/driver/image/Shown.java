// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

/**
 * Text from an image in a message: one line, not too long. It is to be recognised, not to be read
 * back, so that what is odd in it may be lost. Stateless; any thread.
 */
final class Shown {
  private static final int LENGTH_MAX = 200;

  private Shown() {}

  static String of(String text) {
    String line = text.replaceAll("\\p{Cc}", "?");
    return line.length() <= LENGTH_MAX ? line : line.substring(0, LENGTH_MAX) + "...";
  }
}
