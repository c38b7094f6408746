// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

/** A name that is going to be given to a device. */
final class NewName {
  /** What Java makes of bytes that are no text in the locale. */
  private static final char NO_TEXT = '\uFFFD';

  private NewName() {}

  /** Refuses what would be stored as something else than was typed. */
  static void check(String name) {
    if (name.indexOf(NO_TEXT) >= 0) {
      throw new CommandFailure(
          "the new name is no text in this locale: '"
              + name
              + "'; write it in UTF-8, with a locale such as LC_ALL=C.UTF-8");
    }
  }
}
