// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

/** Hears what is being done, never inside a time that is measured. */
@FunctionalInterface
public interface WorkloadProgress {
  /**
   * Something begins.
   *
   * @param what the part of a workload, in a few words
   * @param driver with which driver
   */
  void doing(String what, String driver);
}
