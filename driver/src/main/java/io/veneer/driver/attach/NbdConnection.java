// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One connection of the kernel's NBD client, told from any other that its block device may have
 * before or later: the kernel shows for as long as a connection lasts which process made it, and
 * each is made by a process of its own.
 *
 * @param device the block device
 * @param process the number of the process that connected it
 * @param boot the boot of the machine in which that was, since numbers begin anew with each
 */
record NbdConnection(Path device, String process, String boot) {
  private static final int WORDS = 3;

  /** One line without its end; {@link #parse} reads it again. */
  String line() {
    return device + " " + process + " " + boot;
  }

  /** Empty if it is no line of this kind. */
  static Optional<NbdConnection> parse(String line) {
    String[] words = line.split(" ");
    return words.length == WORDS
        ? Optional.of(new NbdConnection(Path.of(words[0]), words[1], words[2]))
        : Optional.empty();
  }
}
