// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

/**
 * What a comparison found of one driver.
 *
 * @param name the driver
 * @param prepareMicros making a container's layer
 * @param firstWriteMicros each container's first write into the image: where a file-level driver
 *     copies the file up, and a block-level driver one block
 * @param newPlaceMicros each container's further writes, each to a place that it had not written
 *     to: where a block-level driver copies one more block, and a file-level driver nothing more
 * @param rewriteMicros writes to the same places again
 * @param bytesCopied what the driver copied because of the containers, their own writes not counted
 * @param bytesStored what the host's file system holds at the end, less what it holds for one plain
 *     copy of the image
 * @param verified whether every container held what it should, after the driver was opened again
 */
public record DriverResult(
    String name,
    Timing prepareMicros,
    Timing firstWriteMicros,
    Timing newPlaceMicros,
    Timing rewriteMicros,
    long bytesCopied,
    long bytesStored,
    boolean verified) {}
