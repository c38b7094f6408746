// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.device;

import io.veneer.thinpool.space.DiscardPassdown;
import io.veneer.thinpool.space.SpaceMap;
import io.veneer.thinpool.transaction.Transactions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs of free blocks that are set aside for devices of a pool, so that they can be brought
 * back: those that nobody used lately, now and then; all of them where space is short, and when the
 * pool is closed.
 */
public final class Preallocations {
  private static final Logger LOG = LoggerFactory.getLogger(Preallocations.class);

  /** Gives the room of what is left of a run to the host. */
  final DiscardPassdown passdown;

  private final Transactions transactions;

  /** Who has a run; under the metadata lock. */
  private final Set<Preallocation> withRun = new LinkedHashSet<>();

  /**
   * Begins with none.
   *
   * @param transactions where the metadata lock is
   * @param passdown gives their room to the host
   */
  public Preallocations(Transactions transactions, DiscardPassdown passdown) {
    this.transactions = transactions;
    this.passdown = passdown;
  }

  /** Under the metadata lock. */
  void add(Preallocation preallocation) {
    withRun.add(preallocation);
  }

  /** Under the metadata lock. */
  void remove(Preallocation preallocation) {
    withRun.remove(preallocation);
  }

  /**
   * Hands out a block of somebody's run, or {@link SpaceMap#NONE} if there is none; under the
   * metadata lock.
   */
  long takeFromAny() {
    for (Preallocation each : withRun) {
      long block = each.takeLast();
      if (block != SpaceMap.NONE) {
        return block;
      }
    }
    return SpaceMap.NONE;
  }

  void noRoomAhead(RuntimeException cause) {
    LOG.debug("no room ahead on the host: {}", cause.getMessage());
  }

  /**
   * Brings back runs. The caller is inside, so that the files stay open, and holds no lock.
   *
   * @param idleOnly only those of which no block was handed out since this was last asked
   */
  public void release(boolean idleOnly) {
    for (Preallocation preallocation : withRun()) {
      preallocation.release(idleOnly);
    }
  }

  private List<Preallocation> withRun() {
    transactions.lock().lock();
    try {
      return new ArrayList<>(withRun);
    } finally {
      transactions.lock().unlock();
    }
  }
}
