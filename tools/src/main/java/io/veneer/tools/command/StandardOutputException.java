// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.io.IOException;

/** Standard output takes no more. When its reader has gone away, that is no news to the user. */
final class StandardOutputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StandardOutputException(IOException cause) {
    super("cannot write to standard output: " + cause.getMessage(), cause);
  }

  /** A pipe fails for no other reason; the text is for systems without /proc. */
  boolean readerIsGone() {
    String message = String.valueOf(getCause().getMessage());
    return message.contains("Broken pipe") || Console.target(1).startsWith("pipe:");
  }
}
