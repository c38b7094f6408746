// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

/** A command cannot do what it was asked to; the message is for the user and says what to do. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandFailure(String message) {
    super(message);
  }

  CommandFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
