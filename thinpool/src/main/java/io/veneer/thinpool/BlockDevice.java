// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

import java.nio.ByteBuffer;

/**
 * A random-access device of bytes, as every door (NBD, a kernel attachment, an image tool) sees it.
 *
 * <p>Offsets and lengths are bytes; any alignment is allowed. A range must lie inside the device:
 * {@code 0 <= offset} and {@code offset + length <= sizeBytes()}, else {@link PoolException} with
 * severity REQUEST and nothing is done. All methods may be called from any number of threads at
 * once. Requests that overlap in time and in range have no order among them; a request that
 * returned before another began is seen by it.
 *
 * <p>Besides what a method names, each may throw {@link PoolException}: after the device or the
 * pool was closed (REQUEST), when the host's disk fails (NEEDS_CHECK), and when metadata on the way
 * is damaged ({@link CorruptMetadataException}).
 *
 * <p>The device behaves as a disk with a volatile write cache: what was written is durable after
 * {@link #flush} that began after the write returned, or at once when the write asked for {@code
 * fua}.
 */
public interface BlockDevice extends AutoCloseable {
  /**
   * The device's name in its pool.
   *
   * @return the name
   */
  String name();

  /**
   * The size now; it changes when the device is resized while open.
   *
   * @return size in bytes
   */
  long sizeBytes();

  /**
   * The unit in which the device provisions and copies; requests of this size and alignment never
   * copy.
   *
   * @return a power of two from 4 KiB to 1 MiB
   */
  int blockSizeBytes();

  /**
   * Whether writes are refused.
   *
   * @return true for sealed devices and those opened for reading
   */
  boolean isReadOnly();

  /**
   * Fills the rest of a buffer from the device. Blocks that were never written read as zeroes (or
   * as the external origin). Allocates nothing.
   *
   * @param offset first byte
   * @param target where the bytes go; its position ends at its limit
   * @throws PoolException if the range is outside the device or the host cannot read
   */
  void read(long offset, ByteBuffer target);

  /**
   * Writes the rest of a buffer.
   *
   * @param offset first byte
   * @param source the bytes; its position ends at its limit
   * @param fua true: durable before this returns
   * @throws OutOfDataSpaceException if blocks were needed and there were none; a part may have been
   *     written
   * @throws OutOfMetadataSpaceException if the mapping of a block needed metadata and there was
   *     none; a part may have been written
   * @throws QuotaExceededException if the device has provisioned all that its quota allows; a part
   *     may have been written
   * @throws ReadOnlyException if the device or the pool takes no writes; nothing is written
   */
  void write(long offset, ByteBuffer source, boolean fua);

  /**
   * Makes a range read as zeroes, without storing zeroes where it can be avoided.
   *
   * @param offset first byte
   * @param lengthBytes length
   * @param mayUnmap true: whole blocks are given back to the pool; false: they keep their space, so
   *     that a later write to them needs none
   * @param fua true: durable before this returns
   * @throws OutOfDataSpaceException if blocks were needed and there were none; a part may have been
   *     zeroed
   * @throws OutOfMetadataSpaceException if metadata was needed and there was none; the same
   * @throws QuotaExceededException if blocks are to keep space that the quota does not allow, or a
   *     part of a shared block had to be copied to be zeroed; the same
   * @throws ReadOnlyException if the device or the pool takes no writes
   */
  void writeZeroes(long offset, long lengthBytes, boolean mayUnmap, boolean fua);

  /**
   * Gives a range back to the pool; it reads as zeroes afterwards. Parts of blocks at the ends are
   * zeroed.
   *
   * @param offset first byte
   * @param lengthBytes length
   * @throws OutOfMetadataSpaceException if nodes that are shared had to be copied and there was no
   *     metadata; a part may have been given back
   * @throws OutOfDataSpaceException if a part of a shared block had to be copied to be zeroed, and
   *     there was no block; the whole blocks were given back
   * @throws QuotaExceededException if the quota did not allow that copy; the same
   * @throws ReadOnlyException if the device or the pool takes no writes
   */
  void discard(long offset, long lengthBytes);

  /**
   * Makes every write to this device that returned before this call durable. Concurrent calls share
   * the work.
   *
   * @throws PoolException if the host could not; the pool is read-only then, and what was not
   *     flushed before may be lost
   */
  void flush();

  /**
   * Whether the pool, opened anew after this process was killed at this moment, would find every
   * block where the device has it now. What was written in place is there then, flushed or not; a
   * loss of power is another matter. A write that returned before is covered.
   *
   * @return true only if it is certain
   */
  default boolean isMappingDurable() {
    return false;
  }

  /**
   * Walks the extents of a range in ascending order. Neighbours of the same kind are one extent;
   * the extents cover the range without gaps.
   *
   * @param offset first byte
   * @param lengthBytes length
   * @param visitor called for each extent on this thread; may stop the walk
   */
  void extents(long offset, long lengthBytes, ExtentVisitor visitor);

  /** Ends the use of the device. Does not flush. Idempotent. */
  @Override
  void close();
}
