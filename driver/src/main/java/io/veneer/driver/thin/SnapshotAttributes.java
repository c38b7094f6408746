// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.SnapshotKind;
import io.veneer.thinpool.DeviceInfo;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A snapshot's record as attributes of its device, and back. The device's name is the snapshot's
 * key; a device without a kind is no snapshot.
 *
 * <pre>
 * snapshot.kind      VIEW | ACTIVE | COMMITTED
 * snapshot.parent    name of the parent, or empty
 * snapshot.created   ISO-8601, UTC
 * snapshot.updated   ISO-8601, UTC
 * label.NAME         a label's value
 * </pre>
 */
final class SnapshotAttributes {
  private static final String KIND = "snapshot.kind";
  private static final String PARENT = "snapshot.parent";
  private static final String CREATED = "snapshot.created";
  private static final String UPDATED = "snapshot.updated";
  private static final String LABEL = "label.";

  private SnapshotAttributes() {}

  static Map<String, String> of(SnapshotInfo info) {
    Map<String, String> attributes = new HashMap<>();
    attributes.put(KIND, info.kind().name());
    attributes.put(PARENT, info.parent());
    attributes.put(CREATED, info.createdAt().toString());
    attributes.put(UPDATED, info.updatedAt().toString());
    info.labels().forEach((name, value) -> attributes.put(LABEL + name, value));
    return attributes;
  }

  static Optional<SnapshotInfo> read(DeviceInfo device) {
    Map<String, String> attributes = device.attributes();
    if (!attributes.containsKey(KIND)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new SnapshotInfo(
              device.name(),
              attributes.getOrDefault(PARENT, ""),
              SnapshotKind.valueOf(attributes.get(KIND)),
              Instant.parse(attributes.getOrDefault(CREATED, "")),
              Instant.parse(attributes.getOrDefault(UPDATED, "")),
              labels(attributes)));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new DriverException(
          Kind.DATA_LOSS,
          "record of a snapshot cannot be read device="
              + device.name()
              + " attributes="
              + attributes,
          e);
    }
  }

  private static Map<String, String> labels(Map<String, String> attributes) {
    Map<String, String> labels = new HashMap<>();
    attributes.forEach(
        (name, value) -> {
          if (name.startsWith(LABEL)) {
            labels.put(name.substring(LABEL.length()), value);
          }
        });
    return labels;
  }
}
