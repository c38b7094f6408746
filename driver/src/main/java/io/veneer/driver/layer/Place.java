// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the host has what a layer shows at one path.
 *
 * @param hosts newest first: the folders that are shown as one, or the only place of anything else
 * @param isFolder whether it is a folder
 */
record Place(List<Path> hosts, boolean isFolder) {
  Place {
    hosts = List.copyOf(hosts);
  }

  static Place of(Path host) {
    return new Place(List.of(host), false);
  }

  static Place folder(List<Path> hosts) {
    return new Place(hosts, true);
  }

  /** The one that says mode, owner, times and attributes. */
  Path newest() {
    return hosts.get(0);
  }
}
