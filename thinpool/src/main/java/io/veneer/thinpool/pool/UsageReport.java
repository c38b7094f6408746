// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.DeviceSetUsage;
import io.veneer.thinpool.DeviceUsage;
import io.veneer.thinpool.mapping.SetUsage;
import io.veneer.thinpool.mapping.StoredDevice;
import java.util.Set;

/** Counts what devices hold. Any thread. */
final class UsageReport {
  private final PoolState state;
  private final Directory directory;

  UsageReport(PoolState state, Directory directory) {
    this.state = state;
    this.directory = directory;
  }

  DeviceUsage of(String name) {
    return state.inside(
        () -> {
          StoredDevice stored = state.locked(() -> directory.get(name));
          long mapped = state.locked(() -> stored.record().mappedBlocks);
          long exclusive = Math.min(mapped, stored.exclusiveBlocks());
          return new DeviceUsage(
              state.blocksToBytes(mapped),
              state.blocksToBytes(exclusive),
              state.blocksToBytes(mapped - exclusive),
              state.blocksToBytes(stored.highestEnd()));
        });
  }

  DeviceSetUsage of(Set<String> names) {
    return state.inside(
        () -> {
          SetUsage usage = new SetUsage(state.table);
          for (String name : names) {
            usage.add(state.locked(() -> directory.get(name)));
          }
          return new DeviceSetUsage(
              state.blocksToBytes(usage.mappedBlocks()),
              state.blocksToBytes(usage.exclusiveBlocks()));
        });
  }
}
