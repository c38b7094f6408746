// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

/** Tells whether the process is ending, so that what fails because of that is not reported. */
final class ProcessEnd {
  private ProcessEnd() {}

  /** The runtime keeps this to itself, but takes no hooks any more once it has begun. */
  static boolean begun() {
    Thread probe = new Thread(() -> {}, "never-started");
    try {
      Runtime.getRuntime().addShutdownHook(probe);
      Runtime.getRuntime().removeShutdownHook(probe);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }
}
