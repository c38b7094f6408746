// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

/**
 * Neighbouring blocks of a file that lie in neighbouring blocks of the device.
 *
 * @param logical first block in the file
 * @param physical first block on the device
 * @param length how many, 1 or more
 * @param written false: reserved only, and reads as zeroes
 */
record Run(long logical, long physical, long length, boolean written) {
  long endLogical() {
    return logical + length;
  }

  /** The device's block for a block of the file that lies in this run. */
  long physicalOf(long logicalBlock) {
    return physical + logicalBlock - logical;
  }
}
