// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A digest of bytes, written {@code sha256:HEX} or {@code sha512:HEX}. Nothing else is one, so that
 * a digest can stand in the path of a file.
 *
 * @param algorithm sha256 or sha512
 * @param hex lower-case digits
 */
public record Digest(String algorithm, String hex) {
  private static final Pattern FORM =
      Pattern.compile("(?:(sha256):([0-9a-f]{64}))|(?:(sha512):([0-9a-f]{128}))");
  private static final Map<String, String> JAVA_NAMES =
      Map.of("sha256", "SHA-256", "sha512", "SHA-512");

  /**
   * Reads a digest.
   *
   * @param text its written form
   * @return the digest
   * @throws DriverException INVALID_ARGUMENT if it is none
   */
  public static Digest parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "not a digest, expected sha256:HEX or sha512:HEX: digest=" + Shown.of(text));
    }
    boolean isShort = matcher.group(1) != null;
    return new Digest(matcher.group(isShort ? 1 : 3), matcher.group(isShort ? 2 : 4));
  }

  /**
   * The SHA-256 of a text's UTF-8.
   *
   * @param text the text
   * @return its digest
   */
  static Digest ofText(String text) {
    return ofBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The SHA-256 of bytes. */
  static Digest ofBytes(byte[] bytes) {
    MessageDigest digest = newDigest("sha256");
    return new Digest("sha256", HexFormat.of().formatHex(digest.digest(bytes)));
  }

  MessageDigest newDigest() {
    return newDigest(algorithm);
  }

  private static MessageDigest newDigest(String algorithm) {
    try {
      return MessageDigest.getInstance(JAVA_NAMES.get(algorithm));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has it", e);
    }
  }

  /** The chain id of a layer on top of others: it names all of them together. */
  static Digest chain(String parentChainId, Digest diffId) {
    return parentChainId.isEmpty() ? diffId : ofText(parentChainId + " " + diffId);
  }

  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }
}
