// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.device;

import io.veneer.thinpool.PoolException;

/** How often, and since when, one request has been looking for space. One request, one thread. */
final class SpaceSearch {
  private final SpaceKeeper keeper;
  private int attempts;
  private long sinceNanos;

  SpaceSearch(SpaceKeeper keeper) {
    this.keeper = keeper;
  }

  /** Returns when it is worth while to try again; throws when there is no space to be had. */
  void again(PoolException stopped) {
    if (attempts == 0) {
      sinceNanos = System.nanoTime();
    }
    keeper.makeRoom(stopped, attempts++, sinceNanos);
  }
}
