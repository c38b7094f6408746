// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.StorageDriver;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The names of images, as labels of their topmost layers.
 *
 * <p>A name moves in two steps: the new image gets it, then the old one loses it. Between them both
 * have it, and the later one counts; a crash there does no harm. Changes of names wait for each
 * other. Any thread.
 */
final class ImageNames {
  private final StorageDriver driver;
  private final Clock clock;

  ImageNames(StorageDriver driver, Clock clock) {
    this.driver = driver;
    this.clock = clock;
  }

  /** Gives an image a name; false if its topmost layer is gone. */
  synchronized boolean add(
      String chainId, String name, Digest configDigest, Map<String, String> configLabels) {
    Optional<SnapshotInfo> info = find(chainId);
    if (info.isEmpty()) {
      return false;
    }
    Map<String, String> labels = new HashMap<>(info.get().labels());
    labels.putAll(configLabels);
    labels.put(ImageLabels.NAME_PREFIX + name, clock.instant() + " " + configDigest);
    if (!replaceLabels(info.get(), labels)) {
      return false;
    }
    takeFromOthers(chainId, name);
    return true;
  }

  /** Leaves a name to one image only. */
  synchronized void takeFromOthers(String chainId, String name) {
    for (ImageRecord old : withName(name)) {
      if (!old.chainId().equals(chainId)) {
        takeFrom(old.chainId(), name);
      }
    }
  }

  /** The configuration of the image that was named last of those with this topmost layer. */
  Optional<ImageConfig> configOf(String chainId) {
    return find(chainId)
        .flatMap(
            info -> configDigest(info).map(digest -> ImageLabels.config(digest, info.labels())));
  }

  private static Optional<Digest> configDigest(SnapshotInfo info) {
    return records(info).stream()
        .max(Comparator.comparing(ImageRecord::namedAt))
        .map(ImageRecord::configDigest)
        .or(() -> ImageLabels.anyConfig(info.labels()));
  }

  /** Takes a name from its image, and tells which one had it. */
  synchronized String remove(String name) {
    List<ImageRecord> named = withName(name);
    if (named.isEmpty()) {
      throw new DriverException(Kind.NOT_FOUND, "no such image: name=" + Shown.of(name));
    }
    String latest = latest(named).chainId();
    named.forEach(each -> takeFrom(each.chainId(), name));
    return latest;
  }

  private void takeFrom(String chainId, String name) {
    find(chainId)
        .ifPresent(
            info -> {
              Map<String, String> labels = new HashMap<>(info.labels());
              labels.remove(ImageLabels.NAME_PREFIX + name);
              replaceLabels(info, labels);
            });
  }

  /**
   * Notes other labels, without configurations that no name refers to any more, but for that of the
   * last name: containers are made of it. False if the layer is gone.
   */
  private boolean replaceLabels(SnapshotInfo info, Map<String, String> labels) {
    SnapshotInfo changed = info.withLabels(labels, clock.instant());
    List<Digest> named = records(changed).stream().map(ImageRecord::configDigest).toList();
    List<Digest> used = named.isEmpty() ? configDigest(info).stream().toList() : named;
    Map<String, String> kept = new HashMap<>(labels);
    kept.keySet()
        .removeIf(
            label ->
                ImageLabels.isPieceOfConfig(label)
                    && used.stream().noneMatch(digest -> ImageLabels.isOfConfig(label, digest)));
    try {
      driver.update(info.withLabels(kept, clock.instant()));
      return true;
    } catch (DriverException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /** All images, one for each name, in their order. */
  List<ImageRecord> all() {
    Map<String, List<ImageRecord>> byName = new TreeMap<>();
    for (ImageRecord record : everyRecord()) {
      byName.computeIfAbsent(record.name(), name -> new ArrayList<>()).add(record);
    }
    return byName.values().stream().map(ImageNames::latest).toList();
  }

  private List<ImageRecord> withName(String name) {
    return everyRecord().stream().filter(each -> each.name().equals(name)).toList();
  }

  private static ImageRecord latest(List<ImageRecord> records) {
    return records.stream().max(Comparator.comparing(ImageRecord::namedAt)).orElseThrow();
  }

  private List<ImageRecord> everyRecord() {
    List<ImageRecord> records = new ArrayList<>();
    driver.walk(info -> records.addAll(records(info)), "kind==committed");
    return records;
  }

  /** The images that a layer is the topmost of. */
  private static List<ImageRecord> records(SnapshotInfo info) {
    List<ImageRecord> records = new ArrayList<>();
    info.labels()
        .forEach(
            (label, value) -> {
              if (label.startsWith(ImageLabels.NAME_PREFIX)) {
                record(info, label.substring(ImageLabels.NAME_PREFIX.length()), value)
                    .ifPresent(records::add);
              }
            });
    return records;
  }

  /** Labels can be changed by whoever has the driver; one that cannot be read names nothing. */
  private static Optional<ImageRecord> record(SnapshotInfo info, String name, String value) {
    int blank = value.indexOf(' ');
    if (info.kind() != SnapshotKind.COMMITTED || blank < 0) {
      return Optional.empty();
    }
    try {
      Instant namedAt = Instant.parse(value.substring(0, blank));
      Digest config = Digest.parse(value.substring(blank + 1));
      return Optional.of(new ImageRecord(name, info.key(), config, namedAt));
    } catch (DateTimeException | DriverException e) {
      return Optional.empty();
    }
  }

  static boolean hasName(SnapshotInfo info) {
    return !records(info).isEmpty();
  }

  /** Looks a snapshot up. */
  Optional<SnapshotInfo> find(String key) {
    try {
      return Optional.of(driver.stat(key));
    } catch (DriverException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
