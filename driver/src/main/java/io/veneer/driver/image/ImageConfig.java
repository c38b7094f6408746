// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.DriverException;
import java.util.ArrayList;
import java.util.List;

/**
 * The configuration of an image: how containers are started, and which layers it has.
 *
 * @param digest digest of the text
 * @param text the whole document, JSON
 * @param platform what the image is made for
 * @param created when, ISO-8601, or empty
 * @param diffIds the digest of each layer's uncompressed archive, the lowest first
 * @param history how it was made, the oldest first
 */
public record ImageConfig(
    Digest digest,
    String text,
    Platform platform,
    String created,
    List<Digest> diffIds,
    List<HistoryEntry> history) {

  /**
   * One step that an image was made in.
   *
   * @param created when, ISO-8601, or empty
   * @param createdBy by what command, or empty
   * @param comment what its maker says, or empty
   * @param hasNoLayer whether it changed only the configuration
   */
  public record HistoryEntry(
      String created, String createdBy, String comment, boolean hasNoLayer) {}

  /**
   * Reads a configuration.
   *
   * @param text the document
   * @return what it says
   * @throws DriverException INVALID_ARGUMENT if it is none of an image
   */
  static ImageConfig parse(String text) {
    Digest digest = Digest.ofText(text);
    JsonView view = JsonView.parse("config " + digest, text);
    List<Digest> diffIds =
        view.requiredObject("rootfs").texts("diff_ids").stream().map(Digest::parse).toList();
    return new ImageConfig(
        digest,
        text,
        Platform.read(view),
        view.text("created").orElse(""),
        diffIds,
        view.objects("history").stream().map(ImageConfig::readHistory).toList());
  }

  private static HistoryEntry readHistory(JsonView view) {
    return new HistoryEntry(
        view.text("created").orElse(""),
        view.text("created_by").orElse(""),
        view.text("comment").orElse(""),
        view.flag("empty_layer"));
  }

  /**
   * The chain ids of the layers.
   *
   * @return one for each layer, the lowest first; the last stands for all
   */
  public List<String> chainIds() {
    List<String> chainIds = new ArrayList<>();
    String chainId = "";
    for (Digest diffId : diffIds) {
      chainId = Digest.chain(chainId, diffId).toString();
      chainIds.add(chainId);
    }
    return chainIds;
  }

  /**
   * The history of each layer.
   *
   * @return as many as layers; what is not told is empty
   */
  List<HistoryEntry> layerHistory() {
    List<HistoryEntry> made =
        new ArrayList<>(history.stream().filter(entry -> !entry.hasNoLayer()).toList());
    while (made.size() < diffIds.size()) {
      made.add(new HistoryEntry("", "", "", false));
    }
    return made.subList(0, diffIds.size());
  }
}
