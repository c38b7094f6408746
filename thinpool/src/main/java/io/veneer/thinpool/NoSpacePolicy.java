// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/** What a write does that needs a data block when there is none. */
public enum NoSpacePolicy {
  /** Fails at once. */
  ERROR,
  /** Waits for space for a bounded time, then fails. */
  QUEUE
}
