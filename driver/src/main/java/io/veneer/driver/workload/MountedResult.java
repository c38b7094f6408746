// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.compare.ImageInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a comparison through mounts found.
 *
 * @param image the large file
 * @param drivers whose figures are there, in the order in which they are shown
 * @param absent drivers that this machine cannot mount, with the reason
 * @param measurements all figures, by quantity
 */
public record MountedResult(
    ImageInfo image,
    List<String> drivers,
    Map<String, String> absent,
    List<Measurement> measurements) {

  /**
   * Looks a figure up.
   *
   * @param quantity what
   * @param driver whose
   * @return the figure, or empty if it was not measured
   */
  public Optional<Measurement> find(Quantity quantity, String driver) {
    return measurements.stream()
        .filter(each -> each.quantity() == quantity && each.driver().equals(driver))
        .findFirst();
  }
}
