// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import java.util.Set;

/** The calls there are, so that what clients invent is neither answered nor counted by its name. */
final class KnownCalls {
  private static final Set<String> NAMES =
      Set.of(
          "Activate",
          "Init",
          "Capabilities",
          "Create",
          "CreateReadWrite",
          "Remove",
          "Get",
          "Put",
          "Exists",
          "Status",
          "GetMetadata",
          "Cleanup",
          "Diff",
          "Changes",
          "ApplyDiff",
          "DiffSize");

  private KnownCalls() {}

  static boolean isKnown(String path) {
    return path.equals(GraphdriverProtocol.ACTIVATE)
        || (path.startsWith(GraphdriverProtocol.CALL_PREFIX)
            && NAMES.contains(path.substring(GraphdriverProtocol.CALL_PREFIX.length())));
  }

  /** The name of a call for the meter, which wants few of them. */
  static String named(String name) {
    return NAMES.contains(name) ? name : "unknown";
  }
}
