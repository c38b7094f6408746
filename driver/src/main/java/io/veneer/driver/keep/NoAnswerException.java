// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import java.io.IOException;

/** The other side of a socket is there and does nothing: stopped, hung, or far too slow. */
final class NoAnswerException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int pid;

  /** Of that process; 0 or less if that is not known. */
  NoAnswerException(int pid) {
    super("no answer within " + FileMessages.WAIT_SECONDS_MAX + "s");
    this.pid = pid;
  }

  /** How the process is called in a command; a word for it if its id is not known. */
  String process() {
    return pid > 0 ? Integer.toString(pid) : "PID";
  }
}
