// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/** What a range of a device holds. */
public enum ExtentKind {
  /** Data blocks are mapped. */
  DATA,
  /** Reads as zeroes because zeroes were written; takes no data blocks. */
  ZERO,
  /** Never written, or discarded: reads as zeroes. */
  HOLE,
  /** Never written: reads as the device's external origin. */
  EXTERNAL
}
