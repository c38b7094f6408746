// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.util.Locale;
import java.util.Map;

/**
 * What an image is made for.
 *
 * @param os operating system, such as linux
 * @param architecture processor in Go's words, such as amd64
 * @param variant of the processor, such as v8; may be empty
 */
public record Platform(String os, String architecture, String variant) {
  private static final Map<String, String> GO_NAMES =
      Map.of("x86_64", "amd64", "aarch64", "arm64", "x86", "386", "i386", "386");

  /**
   * What this machine is.
   *
   * @return Linux on this processor
   */
  public static Platform ofThisMachine() {
    String java = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return new Platform("linux", GO_NAMES.getOrDefault(java, java), "");
  }

  /**
   * Reads a platform.
   *
   * @param text {@code OS/ARCHITECTURE} or {@code OS/ARCHITECTURE/VARIANT}
   * @return the platform
   * @throws DriverException INVALID_ARGUMENT if it is none
   */
  public static Platform parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length < 2 || parts.length > 3 || parts[0].isEmpty() || parts[1].isEmpty()) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "not a platform, expected one such as linux/amd64 platform=" + Shown.of(text));
    }
    return new Platform(parts[0], parts[1], parts.length == 3 ? parts[2] : "");
  }

  static Platform read(JsonView view) {
    return new Platform(
        view.text("os").orElse(""),
        view.text("architecture").orElse(""),
        view.text("variant").orElse(""));
  }

  /**
   * Whether an image for another platform serves this one. A variant that is not asked for is any.
   */
  boolean isServedBy(Platform other) {
    return os.equals(other.os)
        && architecture.equals(other.architecture)
        && (variant.isEmpty() || other.variant.isEmpty() || variant.equals(other.variant));
  }

  @Override
  public String toString() {
    return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
  }
}
