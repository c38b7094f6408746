// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.owner;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the keys of an owner are written among those of all: pure functions.
 *
 * <pre>
 * OWNER/KEY        a key that fits into the driver's limits
 * OWNER#DIGEST     any other key: SHA-256 in hex; the key itself is kept in labels
 * </pre>
 *
 * <p>A label has a limit too, so the key is cut: {@code io.veneer/key.00}, {@code io.veneer/key.01}
 * and so on are put together again. Labels that begin with {@code io.veneer/} are ours; owners
 * never see them and cannot set them.
 */
final class OwnedKeys {
  static final int KEY_BYTES_MAX = 4096;

  private static final int DRIVER_KEY_BYTES_MAX = 255;
  private static final String RESERVED = "io.veneer/";
  private static final String KEY_PART = RESERVED + "key.";
  private static final int PART_CHARS = 1024;
  private static final char PLAIN = '/';
  private static final char DIGESTED = '#';

  private final String owner;

  OwnedKeys(String owner) {
    if (!owner.matches("[a-z0-9][a-z0-9._-]{0,62}")) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "an owner has 1 to 63 lower-case letters, digits, dots or dashes owner=" + owner);
    }
    this.owner = owner;
  }

  /** The driver's key for one of the owner's; the empty key, which says no parent, stays. */
  String parentToDriver(String parent) {
    return parent.isEmpty() ? parent : toDriver(parent);
  }

  /** The driver's key for one of the owner's. */
  String toDriver(String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0 || bytes.length > KEY_BYTES_MAX) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "a key has 1 to " + KEY_BYTES_MAX + " bytes keyBytes=" + bytes.length);
    }
    return isPlain(key, bytes.length)
        ? owner + PLAIN + key
        : owner + DIGESTED + HexFormat.of().formatHex(sha256(bytes));
  }

  private boolean isPlain(String key, int keyBytes) {
    return owner.length() + 1 + keyBytes <= DRIVER_KEY_BYTES_MAX
        && key.chars().noneMatch(Character::isISOControl);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  boolean owns(String driverKey) {
    return driverKey.startsWith(owner)
        && driverKey.length() > owner.length() + 1
        && isMark(driverKey.charAt(owner.length()));
  }

  private static boolean isMark(char mark) {
    return mark == PLAIN || mark == DIGESTED;
  }

  boolean isDigested(String driverKey) {
    return driverKey.charAt(owner.length()) == DIGESTED;
  }

  /** The labels to record for a snapshot: those of the owner, and the key if it must be kept. */
  Map<String, String> labelsToDriver(String key, Map<String, String> labels) {
    labels.keySet().forEach(OwnedKeys::requireUnreserved);
    if (!isDigested(toDriver(key))) {
      return labels;
    }
    Map<String, String> all = new HashMap<>(labels);
    for (int part = 0; part * PART_CHARS < key.length(); part++) {
      int start = part * PART_CHARS;
      String text = key.substring(start, Math.min(key.length(), start + PART_CHARS));
      all.put("%s%02d".formatted(KEY_PART, part), text);
    }
    return all;
  }

  static void requireUnreserved(String label) {
    if (label.startsWith(RESERVED)) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "labels that begin with " + RESERVED + " are reserved: " + label);
    }
  }

  Map<String, String> labelsFromDriver(Map<String, String> labels) {
    Map<String, String> visible = new HashMap<>(labels);
    visible.keySet().removeIf(label -> label.startsWith(RESERVED));
    return visible;
  }

  /** The owner's key of a snapshot that it owns. */
  String fromDriver(SnapshotInfo info) {
    if (!isDigested(info.key())) {
      return plain(info.key());
    }
    Map<String, String> parts = new TreeMap<>(info.labels());
    parts.keySet().removeIf(label -> !label.startsWith(KEY_PART));
    if (parts.isEmpty()) {
      throw new DriverException(
          Kind.DATA_LOSS, "a snapshot lacks the labels with its key driverKey=" + info.key());
    }
    return String.join("", parts.values());
  }

  String plain(String driverKey) {
    return driverKey.substring(owner.length() + 1);
  }
}
