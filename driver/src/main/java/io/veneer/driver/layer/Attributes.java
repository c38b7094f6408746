// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.host.HostNodes;
import io.veneer.driver.host.OverlayMarks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The extended attributes that are content of a layer. Stateless; any thread. */
final class Attributes {
  private Attributes() {}

  /** All but those that the layout keeps its own notes in. */
  static Map<String, byte[]> of(Path path) throws IOException {
    Map<String, byte[]> attributes = HostNodes.attributes(path);
    attributes.keySet().removeIf(OverlayMarks::isMark);
    return attributes;
  }
}
