// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

/** One kind of work that containers do, run on every host in the same way. One thread. */
interface Workload {
  /** Its name, as users choose it. */
  String name();

  /** Does everything, measuring, on layers of its own above those of {@link BaseLayers}. */
  void run(Stage stage);
}
