// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import java.util.Map;

/**
 * What a pool records of one device, as fields. The pool keeps one object a device in memory and
 * changes it under the metadata lock; a commit encodes it. Not safe for threads by itself.
 */
public final class DeviceRecord {
  /** Flag: read-only for good. */
  public static final int SEALED = 1;

  /** Flag: has no name any more, its blocks are being given back. */
  public static final int REMOVING = 1 << 1;

  /** Flag: blocks are kept so that no write fails for space. */
  public static final int GUARANTEED = 1 << 2;

  /** Largest number of a device. */
  public static final int ID_MAX = (1 << 24) - 1;

  /** Smallest virtual size. */
  public static final long SIZE_BYTES_MIN = 1L << 20;

  /** Largest virtual size. */
  public static final long SIZE_BYTES_MAX = 16L << 40;

  /** Number of the device, 1 to 2^24 - 1. */
  public final int id;

  /** Device that it was taken of, or 0. */
  public int originId;

  /** Virtual size. */
  public long sizeBytes;

  /** Root of the mapping tree, or 0 while nothing is mapped. */
  public long mappingRoot;

  /** Level of the root. */
  public int mappingLevel;

  /** Flags. */
  public int flags;

  /** Pool clock at creation: what was mapped before is inherited. */
  public long createdTime;

  /** Pool clock at the last snapshot: what was mapped before may be shared. */
  public long snapshottedTime;

  /** Virtual blocks with a data block. */
  public long mappedBlocks;

  /** Of these, the ones it provisioned itself. */
  public long ownBlocks;

  /** Limit of own blocks in bytes, or 0. */
  public long quotaBytes;

  /** The user's transaction id at creation. */
  public long createdTransactionId;

  /** Free data blocks kept for it. */
  public long reservedBlocks;

  /** Unique name; empty while removing. */
  public String name = "";

  /** Path of the raw file behind the holes, or empty. */
  public String externalOrigin = "";

  /** Names and values kept with it. */
  public Map<String, String> attributes = Map.of();

  /**
   * An empty record.
   *
   * @param id number of the device
   */
  public DeviceRecord(int id) {
    this.id = id;
  }

  /**
   * Whether a flag is set.
   *
   * @param flag one of the flags
   * @return true when set
   */
  public boolean is(int flag) {
    return (flags & flag) != 0;
  }

  /**
   * Sets or clears a flag.
   *
   * @param flag one of the flags
   * @param on set or clear
   */
  public void set(int flag, boolean on) {
    flags = on ? flags | flag : flags & ~flag;
  }

  /**
   * Whether holes read as a raw file.
   *
   * @return true when there is one
   */
  public boolean hasExternalOrigin() {
    return !externalOrigin.isEmpty();
  }
}
