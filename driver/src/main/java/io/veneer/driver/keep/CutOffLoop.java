// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A loop device that was in use when its server ended, and whose dead FUSE file was taken out of
 * sight, so that all of it goes with its last user. Where the file was is noted then which loop
 * device that is, as the kernel cannot tell the file's path any more.
 *
 * @param device the loop device; another's by now, unless its file still has no path
 */
public record CutOffLoop(Path device) {
  /** What the kernel shows for the path of a file that is mounted nowhere. */
  public static final Path NOWHERE = Path.of("/");

  private static final String FIRST_WORD = "loop";
  private static final int WORDS = 2;

  /**
   * What is noted; {@link #parse} reads it again.
   *
   * @return one line without its end
   */
  public String line() {
    return FIRST_WORD + " " + device;
  }

  /**
   * What was noted.
   *
   * @param line a line without its end
   * @return the loop device; empty if it is no line of this kind
   */
  public static Optional<CutOffLoop> parse(String line) {
    String[] words = line.split(" ");
    return words.length == WORDS && words[0].equals(FIRST_WORD)
        ? Optional.of(new CutOffLoop(Path.of(words[1])))
        : Optional.empty();
  }
}
