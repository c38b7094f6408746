// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import io.veneer.driver.StorageDriver;
import java.nio.file.Path;

/** Opens one kind of driver for a comparison. */
@FunctionalInterface
public interface DriverFactory {
  /**
   * Opens the driver in a folder, making what is missing.
   *
   * @param folder a folder of its own: empty, or as it was left when the driver was closed
   * @param imageBytes size of the image that its base layer is to hold
   * @param containers how many containers are to stand on it
   * @return the open driver
   */
  StorageDriver open(Path folder, long imageBytes, int containers);
}
