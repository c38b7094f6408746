// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import java.time.Instant;

/**
 * An image that a driver has.
 *
 * @param name what it is called here
 * @param chainId name of its topmost layer, under which the driver has it
 * @param configDigest digest of its configuration
 * @param namedAt since when it has this name
 */
public record ImageRecord(String name, String chainId, Digest configDigest, Instant namedAt) {}
