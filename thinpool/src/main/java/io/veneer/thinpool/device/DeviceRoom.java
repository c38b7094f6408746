// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.device;

import io.veneer.thinpool.space.SpaceMap;
import io.veneer.thinpool.transaction.InFlight;
import io.veneer.thinpool.transaction.Transactions;

/**
 * What all devices of a pool work with.
 *
 * @param transactions when changes become durable, and the data file
 * @param data which data blocks are free
 * @param preallocations which free blocks are set aside
 * @param inFlight who is inside
 * @param keeper where space comes from when there is none
 * @param counters what was done
 */
public record DeviceRoom(
    Transactions transactions,
    SpaceMap data,
    Preallocations preallocations,
    InFlight inFlight,
    SpaceKeeper keeper,
    IoCounters counters) {}
