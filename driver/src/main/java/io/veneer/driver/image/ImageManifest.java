// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import java.util.List;
import java.util.Optional;

/**
 * One image in an archive or layout, ready to be imported.
 *
 * @param names what its maker calls it; may be none
 * @param config its configuration
 * @param layers where its layers are, as many as the configuration has
 */
public record ImageManifest(List<String> names, ImageConfig config, List<LayerBlob> layers) {
  /**
   * Where a layer's archive is.
   *
   * @param path its file
   * @param digest of the file as it is stored, or empty if none is known
   * @param sizeBytes of the file as it is stored, or -1 if none is known
   */
  public record LayerBlob(String path, Optional<Digest> digest, long sizeBytes) {}
}
