// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

/** When the writes of a comparison are forced to the disk; the same for every driver. */
public enum FlushPolicy {
  /** After each write, inside the time that is measured: a write counts when it is durable. */
  EACH_WRITE,
  /** After each turn of some writes, outside the time that is measured. */
  EACH_TURN
}
