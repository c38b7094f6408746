// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.SnapshotInfo;
import java.util.List;

/**
 * A layer that a driver has of an image.
 *
 * @param chainId its name in the driver
 * @param parent chain id of the layer below, or empty
 * @param diffId digest of its uncompressed archive, or empty for a container's commit
 * @param contentBytes sizes of the files in its archive together
 * @param created when it was made, ISO-8601, or empty
 * @param createdBy what made it, or empty
 * @param imageNames names of the images that it is the topmost layer of
 */
public record LayerRecord(
    String chainId,
    String parent,
    String diffId,
    long contentBytes,
    String created,
    String createdBy,
    List<String> imageNames) {

  static boolean isLayer(SnapshotInfo info) {
    return info.labels().containsKey(ImageLabels.DIFF_ID);
  }

  static LayerRecord of(SnapshotInfo info, List<String> imageNames) {
    return new LayerRecord(
        info.key(),
        info.parent(),
        info.labels().getOrDefault(ImageLabels.DIFF_ID, ""),
        size(info.labels().getOrDefault(ImageLabels.SIZE, "0")),
        info.labels().getOrDefault(ImageLabels.CREATED, ""),
        info.labels().getOrDefault(ImageLabels.CREATED_BY, ""),
        imageNames);
  }

  /** Labels can be changed by whoever has the driver; a wrong one must not hide the others. */
  private static long size(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
