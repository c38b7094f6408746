// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Paths in commands that a message advises, so that these can be pasted into a shell. Backslashes
 * are used, as the commands themselves may stand in quotes. What does not show, or would end the
 * line, is written as the octal digits of its bytes, which every shell but the oldest reads: {@code
 * $'\012'}. Stateless; any thread.
 */
public final class ShellWord {
  private static final String PLAIN = "_@%+=:,./-";

  private ShellWord() {}

  /**
   * A path as one word of a shell.
   *
   * @param path the path
   * @return the word
   */
  public static String of(Path path) {
    return of(path.toString());
  }

  /**
   * A text as one word of a shell.
   *
   * @param text the text
   * @return the word
   */
  public static String of(String text) {
    StringBuilder word = new StringBuilder();
    text.codePoints().forEach(letter -> append(word, letter));
    return word.isEmpty() ? "''" : word.toString();
  }

  private static void append(StringBuilder word, int letter) {
    if (isInvisible(letter)) {
      word.append("$'");
      for (byte each : Character.toString(letter).getBytes(StandardCharsets.UTF_8)) {
        word.append("\\%03o".formatted(each & 0xFF));
      }
      word.append('\'');
      return;
    }
    if (letter < 0x80 && !Character.isLetterOrDigit(letter) && PLAIN.indexOf(letter) < 0) {
      word.append('\\');
    }
    word.appendCodePoint(letter);
  }

  /** Also what turns the direction of writing, and the spaces that a shell takes for letters. */
  private static boolean isInvisible(int letter) {
    return switch (Character.getType(letter)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          true;
      case Character.SPACE_SEPARATOR -> letter != ' ';
      default -> false;
    };
  }
}
