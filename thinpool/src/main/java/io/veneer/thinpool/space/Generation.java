// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.space;

import org.roaringbitmap.RoaringBitmap;

/**
 * What one transaction took references from. Until the transaction is durable a crash brings the
 * references back, and until the operations of that time are over somebody may still be reading; so
 * its freed blocks are not reused, and its dropped blocks count as shared, although their count is
 * 1.
 */
final class Generation {
  /** Blocks whose count went to 0. */
  final RoaringBitmap freed = new RoaringBitmap();

  /** Blocks whose count went down, but not to 0. */
  final RoaringBitmap dropped = new RoaringBitmap();

  /** The transaction. */
  final long sequence;

  /** The epoch that must pass once the transaction is durable; 0 before. */
  long epoch;

  Generation(long sequence) {
    this.sequence = sequence;
  }

  boolean isEmpty() {
    return freed.isEmpty() && dropped.isEmpty();
  }
}
