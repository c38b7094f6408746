// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

import com.google.protobuf.Timestamp;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.containerd.wire.Info;
import io.veneer.driver.containerd.wire.Kind;
import io.veneer.driver.containerd.wire.Mount;
import java.time.Instant;
import java.util.List;

/** What the driver says, in containerd's messages, and back: pure functions. */
final class Messages {
  private Messages() {}

  static List<Mount> mounts(List<io.veneer.driver.Mount> mounts) {
    return mounts.stream().map(Messages::mount).toList();
  }

  private static Mount mount(io.veneer.driver.Mount mount) {
    return Mount.newBuilder()
        .setType(mount.type())
        .setSource(mount.source())
        .addAllOptions(mount.options())
        .build();
  }

  static Info info(SnapshotInfo info) {
    return Info.newBuilder()
        .setName(info.key())
        .setParent(info.parent())
        .setKind(kind(info.kind()))
        .setCreatedAt(timestamp(info.createdAt()))
        .setUpdatedAt(timestamp(info.updatedAt()))
        .putAllLabels(info.labels())
        .build();
  }

  /** Of what an update sends, only the name and the labels mean something. */
  static SnapshotInfo asked(Info info) {
    return new SnapshotInfo(
        info.getName(),
        "",
        SnapshotKind.COMMITTED,
        Instant.EPOCH,
        Instant.EPOCH,
        info.getLabelsMap());
  }

  private static Kind kind(SnapshotKind kind) {
    return switch (kind) {
      case VIEW -> Kind.VIEW;
      case ACTIVE -> Kind.ACTIVE;
      case COMMITTED -> Kind.COMMITTED;
    };
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
