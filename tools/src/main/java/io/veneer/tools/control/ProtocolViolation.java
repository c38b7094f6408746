// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import java.io.IOException;

/** The other side sent what no honest one sends; the connection ends. */
final class ProtocolViolation extends IOException {
  private static final long serialVersionUID = 1L;

  ProtocolViolation(String message) {
    super(message);
  }
}
