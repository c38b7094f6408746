// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * How images are noted in the labels of their layers. There is no other record of them.
 *
 * <pre>
 * on every layer
 *   veneer.layer.diff-id       digest of its uncompressed archive; empty for a container's commit
 *   veneer.layer.size          bytes of the files in it
 *   veneer.layer.created       when, ISO-8601, or empty
 *   veneer.layer.created-by    by what, or empty; cut if it is long
 * on an image's topmost layer, besides
 *   veneer.image.NAME          since when the image has this name, blank, digest of its configuration
 *   veneer.config.HEX.N        piece N (from 0) of the configuration with that digest: deflated, base64;
 *                              stays when the last name goes, for the containers on that layer
 * on an active snapshot that a layer is being unpacked into
 *   veneer.import              the chain id that it shall get
 * on a container
 *   veneer.container           the name of the image it was made from, or empty
 * </pre>
 *
 * <p>If a crash leaves one name on two images, the later one has it. Stateless; any thread.
 */
final class ImageLabels {
  static final String DIFF_ID = "veneer.layer.diff-id";
  static final String SIZE = "veneer.layer.size";
  static final String CREATED = "veneer.layer.created";
  static final String CREATED_BY = "veneer.layer.created-by";
  static final String NAME_PREFIX = "veneer.image.";
  static final String IMPORT = "veneer.import";
  static final String CONTAINER = "veneer.container";

  private static final String CONFIG_PREFIX = "veneer.config.";
  private static final String FIRST_PIECE = ".0";
  private static final int PIECE_CHARACTERS = 3500;
  private static final int PIECES_MAX = 12;
  private static final int TEXT_BYTES_MAX = 1500;

  private ImageLabels() {}

  /** A label's name as filters take it when it has dots. */
  static String quoted(String label) {
    return "\"" + label + "\"";
  }

  /** A text that is short enough to be noted. */
  static String cut(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= TEXT_BYTES_MAX
        ? text
        : text.substring(0, Math.min(text.length(), TEXT_BYTES_MAX / 4)) + "...";
  }

  /** The labels that keep a configuration. */
  static Map<String, String> ofConfig(ImageConfig config) {
    String text = Base64.getEncoder().encodeToString(deflated(config.text()));
    int pieces = (text.length() + PIECE_CHARACTERS - 1) / PIECE_CHARACTERS;
    if (pieces > PIECES_MAX) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "configuration of an image is too long to be kept: bytes=" + config.text().length());
    }
    Map<String, String> labels = new HashMap<>();
    for (int i = 0; i < pieces; i++) {
      int begin = i * PIECE_CHARACTERS;
      int end = Math.min(begin + PIECE_CHARACTERS, text.length());
      labels.put(configPrefix(config.digest()) + i, text.substring(begin, end));
    }
    return labels;
  }

  /** The configuration with a digest, out of the labels of a layer. */
  static ImageConfig config(Digest digest, Map<String, String> labels) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; labels.containsKey(configPrefix(digest) + i); i++) {
      text.append(labels.get(configPrefix(digest) + i));
    }
    try {
      ImageConfig config = ImageConfig.parse(inflated(Base64.getDecoder().decode(text.toString())));
      if (config.digest().equals(digest)) {
        return config;
      }
    } catch (IOException | IllegalArgumentException | DriverException e) {
      throw lost(digest, e);
    }
    throw lost(digest, null);
  }

  private static DriverException lost(Digest digest, Exception cause) {
    return new DriverException(
        Kind.DATA_LOSS, "configuration of an image is damaged: digest=" + digest, cause);
  }

  /** Whether a label keeps a piece of the configuration with this digest. */
  static boolean isOfConfig(String label, Digest digest) {
    return label.startsWith(configPrefix(digest));
  }

  /** Whether a label keeps a piece of any configuration. */
  static boolean isPieceOfConfig(String label) {
    return label.startsWith(CONFIG_PREFIX);
  }

  /** The configuration that is kept; of an image that has no name any more there is one. */
  static Optional<Digest> anyConfig(Map<String, String> labels) {
    return labels.keySet().stream()
        .filter(label -> isPieceOfConfig(label) && label.endsWith(FIRST_PIECE))
        .map(
            label -> label.substring(CONFIG_PREFIX.length(), label.length() - FIRST_PIECE.length()))
        .filter(hex -> hex.matches("[0-9a-f]{64}"))
        .map(hex -> Digest.parse("sha256:" + hex))
        .findFirst();
  }

  private static String configPrefix(Digest digest) {
    return CONFIG_PREFIX + digest.hex() + ".";
  }

  private static byte[] deflated(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream stream = new DeflaterOutputStream(bytes)) {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError("memory takes all", e);
    }
    return bytes.toByteArray();
  }

  private static String inflated(byte[] bytes) throws IOException {
    try (InflaterInputStream stream = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
      return new String(stream.readNBytes(Blobs.DOCUMENT_BYTES_MAX), StandardCharsets.UTF_8);
    }
  }
}
