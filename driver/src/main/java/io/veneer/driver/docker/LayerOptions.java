// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import io.veneer.driver.Capability;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The options that Docker hands on: {@code dockerd --storage-opt NAME=VALUE} for all layers, {@code
 * docker run --storage-opt NAME=VALUE} for one container. An option that is not known is an error,
 * as Docker's own drivers have it, so that a slip is not taken for a setting.
 *
 * <pre>
 * size      how large a container's file system may become, as 10G; only where layers are volumes
 * </pre>
 *
 * <p>Names may be written with {@code veneer.} before them, as Docker's drivers have it.
 * Unchangeable.
 */
final class LayerOptions {
  static final LayerOptions NONE = new LayerOptions(Map.of());

  private static final String PREFIX = "veneer.";
  private static final String SIZE = "size";
  private static final Pattern BYTES = Pattern.compile("(\\d{1,12})\\s*([kmgtp]?)(i?b)?");
  private static final String UNITS = "kmgtp";

  private final Map<String, String> labels;

  private LayerOptions(Map<String, String> labels) {
    this.labels = labels;
  }

  /** Reads the daemon's options. */
  static LayerOptions ofDaemon(List<String> options, Set<Capability> capabilities) {
    Map<String, String> map = new HashMap<>();
    for (String option : options) {
      int equals = option.indexOf('=');
      if (equals < 0) {
        throw wrong("an option is NAME=VALUE", option);
      }
      map.put(option.substring(0, equals), option.substring(equals + 1));
    }
    return NONE.with(map, capabilities);
  }

  /** These options, with those of one container, which count more. */
  LayerOptions with(Map<String, String> options, Set<Capability> capabilities) {
    Map<String, String> all = new HashMap<>(labels);
    options.forEach(
        (name, value) -> {
          if (!plain(name).equals(SIZE)) {
            throw wrong("no such storage option, there is only 'size'", name);
          }
          if (!capabilities.contains(Capability.VOLUME)) {
            throw wrong("storage option 'size' needs a driver of volumes, as 'thin' is", value);
          }
          all.put(DockerLayers.SIZE_MAX, String.valueOf(bytes(value)));
        });
    return new LayerOptions(Map.copyOf(all));
  }

  private static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.startsWith(PREFIX) ? lower.substring(PREFIX.length()) : lower;
  }

  private static long bytes(String text) {
    Matcher parts = BYTES.matcher(text.toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      throw wrong("a size is a number of bytes, or one with K, M, G, T or P", text);
    }
    int power = parts.group(2).isEmpty() ? 0 : UNITS.indexOf(parts.group(2)) + 1;
    try {
      return Math.multiplyExact(Long.parseLong(parts.group(1)), 1L << (10 * power));
    } catch (ArithmeticException e) {
      throw wrong("a size beyond all disks", text);
    }
  }

  private static DriverException wrong(String what, String value) {
    return new DriverException(Kind.INVALID_ARGUMENT, what + " option=" + value);
  }

  /** What the driver is told with a layer. */
  Map<String, String> labels() {
    return labels;
  }
}
