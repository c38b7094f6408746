// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

/** What the entries of a tree's leaves refer to. Under the metadata lock. */
interface LeafValues {
  /** Adds a reference to what an entry points at. */
  void increment(long entry);

  /** Says that what an entry points at was reached by another way in the last durable state. */
  void markDropped(long entry);

  /** Takes a reference away from what an entry points at. */
  void decrement(long entry);
}
