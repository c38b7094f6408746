// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

/** What a measured number counts. Of every quantity less is better. */
public enum Unit {
  /** Microseconds. */
  MICROS,
  /** Bytes. */
  BYTES
}
