// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.mapping.StoredDevice;
import java.util.List;

/** Has the next commit keep the devices as they are, for tools that read a live pool. */
final class HeldMetadata {
  private final PoolState state;
  private final Directory directory;

  HeldMetadata(PoolState state, Directory directory) {
    this.state = state;
    this.directory = directory;
  }

  /** Under the metadata lock; true only after the next commit. */
  Void hold() {
    if (state.superblock.heldRoot != 0) {
      throw PoolException.badRequest(
          "pool holds a metadata snapshot already; release it first: root="
              + state.superblock.heldRoot);
    }
    List<StoredDevice> devices = directory.all();
    if (devices.isEmpty()) {
      throw PoolException.badRequest("pool has no devices whose metadata could be held");
    }
    state.guarantees.keepForHeldMetadata(devices);
    state.table.holdAtNextCommit();
    return null;
  }
}
