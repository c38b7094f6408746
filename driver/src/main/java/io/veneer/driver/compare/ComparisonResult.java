// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import java.util.List;

/**
 * What a comparison found.
 *
 * @param image what it was made on
 * @param containers containers of each driver
 * @param writesPerContainer places that each container wrote to, each of them twice
 * @param drivers the results, in the order that was asked for
 */
public record ComparisonResult(
    ImageInfo image, int containers, int writesPerContainer, List<DriverResult> drivers) {}
