// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Every block of a device once, in an order that jumps about. Threads take turns, so that no block
 * is written first by two.
 */
final class BlockOrder {
  private static final int ODD = 0x9E37_79B1;

  private final int blocks;
  private final AtomicInteger taken = new AtomicInteger();

  /** The order of a number of blocks that is a power of two. */
  BlockOrder(long blocks) {
    this.blocks = (int) blocks;
  }

  /** Takes the next turn, counted from 0. */
  int next() {
    int turn = taken.getAndIncrement();
    if (turn >= blocks) {
      throw new IllegalStateException("no block is left, use smaller batches: blocks=" + blocks);
    }
    return turn;
  }

  /** The block of a turn. */
  int blockOf(int turn) {
    return turn * ODD & blocks - 1;
  }

  /** The turns taken since the last call. */
  int restart() {
    return taken.getAndSet(0);
  }
}
