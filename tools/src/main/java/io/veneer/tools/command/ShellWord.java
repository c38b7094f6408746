// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.nio.file.Path;

/**
 * Paths in commands that a message advises, so that these can be pasted into a shell. Backslashes
 * are used, as the commands themselves stand in quotes.
 */
final class ShellWord {
  private static final String SPECIAL = "[\\s\"'\\\\$`!#&()*;<>?\\[\\]{|}~]";

  private ShellWord() {}

  /** The path as one word of a shell. */
  static String of(Path path) {
    return path.toString().replaceAll(SPECIAL, "\\\\$0");
  }
}
