// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

import java.util.Map;

/**
 * What the pool records of a device; costs no walk of its mappings. Immutable.
 *
 * @param id the device's number in the pool
 * @param name its name, unique in the pool
 * @param sizeBytes virtual size
 * @param mappedBytes bytes of data blocks it maps, shared ones included
 * @param ownBytes bytes of data blocks it provisioned itself and still maps; what a quota limits
 * @param originId the device that it was taken of, or 0
 * @param sealed read-only for good
 * @param open how many opens are not closed yet
 * @param failedWrites writes and flushes since the pool was opened that it could not do, for want
 *     of space or because a disk failed; what a file system wrote back in vain is among them
 * @param quotaBytes limit of {@code ownBytes}, or 0 for none
 * @param guaranteed whether blocks are kept so that no write to it can fail for space
 * @param externalOrigin path of the raw file behind the holes, or empty
 * @param createdTime pool clock at creation
 * @param snapshottedTime pool clock when it was last snapshotted
 * @param createdTransactionId the user's transaction id at creation
 * @param attributes names and values kept with the device
 */
public record DeviceInfo(
    int id,
    String name,
    long sizeBytes,
    long mappedBytes,
    long ownBytes,
    int originId,
    boolean sealed,
    int open,
    long failedWrites,
    long quotaBytes,
    boolean guaranteed,
    String externalOrigin,
    long createdTime,
    long snapshottedTime,
    long createdTransactionId,
    Map<String, String> attributes) {}
