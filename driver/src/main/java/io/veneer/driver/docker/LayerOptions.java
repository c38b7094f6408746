// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import io.veneer.driver.Capability;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.VolumeLabels;
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
 * size         how large a container's file system may become, as 10G; also basesize
 * fs           the file system of images that come from now on
 * mkfsarg      more options of its mkfs; several are put together
 * mountopt     more options of each mount; several are put together
 * </pre>
 *
 * <p>All of them need layers that are volumes. A container has {@code size} alone. Names may be
 * written with {@code veneer.} before them, or with {@code dm.} as the devicemapper driver had
 * them. Unchangeable.
 */
final class LayerOptions {
  static final LayerOptions NONE = new LayerOptions(Map.of());

  private static final List<String> PREFIXES = List.of("veneer.", "dm.");
  private static final String SIZE = "size";
  private static final String BASE_SIZE = "basesize";
  private static final Pattern BYTES = Pattern.compile("(\\d{1,12})\\s*([kmgtp]?)(i?b)?");
  private static final String UNITS = "kmgtp";

  private final Map<String, String> labels;

  private LayerOptions(Map<String, String> labels) {
    this.labels = labels;
  }

  /** Reads the daemon's options. */
  static LayerOptions ofDaemon(List<String> options, Set<Capability> capabilities) {
    Map<String, String> labels = new HashMap<>();
    for (String option : options) {
      int equals = option.indexOf('=');
      if (equals < 0) {
        throw wrong("an option is NAME=VALUE", option);
      }
      String name = option.substring(0, equals);
      add(labels, name, option.substring(equals + 1).strip());
      requireVolumes(capabilities, name);
    }
    VolumeLabels.check(labels);
    return new LayerOptions(Map.copyOf(labels));
  }

  private static void add(Map<String, String> labels, String name, String value) {
    switch (plain(name)) {
      case SIZE, BASE_SIZE -> labels.put(VolumeLabels.SIZE_MAX, String.valueOf(bytes(value)));
      case "fs" -> labels.put(VolumeLabels.FILE_SYSTEM, value);
      case "mkfsarg" ->
          labels.merge(VolumeLabels.MAKE_OPTIONS, value, (first, next) -> first + " " + next);
      case "mountopt" ->
          labels.merge(VolumeLabels.MOUNT_OPTIONS, value, (first, next) -> first + "," + next);
      default ->
          throw wrong("no such storage option, there are size, fs, mkfsarg and mountopt", name);
    }
  }

  /** These options, with those of one container, which count more. */
  LayerOptions with(Map<String, String> options, Set<Capability> capabilities) {
    Map<String, String> all = new HashMap<>(labels);
    options.forEach(
        (name, value) -> {
          if (!plain(name).equals(SIZE)) {
            throw wrong("no such storage option of a container, there is only 'size'", name);
          }
          requireVolumes(capabilities, name);
          all.put(VolumeLabels.SIZE_MAX, String.valueOf(bytes(value)));
        });
    return new LayerOptions(Map.copyOf(all));
  }

  private static void requireVolumes(Set<Capability> capabilities, String name) {
    if (!capabilities.contains(Capability.VOLUME)) {
      throw wrong("storage option needs a driver of volumes, as 'thin' is", name);
    }
  }

  private static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return PREFIXES.stream()
        .filter(lower::startsWith)
        .map(prefix -> lower.substring(prefix.length()))
        .findFirst()
        .orElse(lower);
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
    return new DriverException(Kind.INVALID_ARGUMENT, what + ": option=" + value);
  }

  /** What the driver is told with a layer. */
  Map<String, String> labels() {
    return labels;
  }
}
