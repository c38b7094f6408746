// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.util.function.BooleanSupplier;

/**
 * What all connections of a server share.
 *
 * @param source what is served
 * @param options how it is served
 * @param workers threads and buffers for what takes long
 * @param lookouts who may look out for input instead of sleeping
 * @param stopping whether the server is going down
 */
record ServerParts(
    ExportSource source,
    NbdOptions options,
    Workers workers,
    BriefWait.Lookouts lookouts,
    BooleanSupplier stopping) {}
