// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.nio.ByteBuffer;

/**
 * The data file: the bytes of all data blocks. It knows no mapping; who may write where is decided
 * above.
 *
 * <p>Two kinds of writes. {@link #write} and {@link #zero} change bytes in place, in a block that
 * already has room on the host's disk. {@link #writeNew}, {@link #copyPatched} and {@link
 * #zeroPatched} fill a whole block that was free until now, and take room for it; they leave no
 * byte of what was there before.
 *
 * <p>Any method may be called from any thread, at the same time, also on the same range (the bytes
 * of overlapping writes are then in no order). Offsets and lengths are bytes. The file gets longer
 * as it is written.
 */
public interface DataFile extends AutoCloseable {
  /**
   * Reads bytes; holes and what lies beyond the end read as zeroes.
   *
   * @param offset first byte
   * @param target filled to its limit
   * @throws io.veneer.thinpool.PoolIoException if the host cannot read, or the bytes were cut off
   */
  void read(long offset, ByteBuffer target);

  /**
   * Changes bytes in place. A block without room on the host's disk (a hole after a sparse copy,
   * say) gets it first.
   *
   * @param offset first byte
   * @param source the bytes, of one data block or of several in a row; consumed
   * @throws io.veneer.thinpool.HostSpaceException if the host's disk is full; a part may have been
   *     changed
   */
  void write(long offset, ByteBuffer source);

  /**
   * Clears bytes in place; the range keeps its room on the host's disk.
   *
   * @param offset first byte
   * @param lengthBytes length, of one data block or of several in a row
   * @throws io.veneer.thinpool.HostSpaceException if the host's disk is full; a part may have been
   *     changed
   */
  void zero(long offset, int lengthBytes);

  /**
   * Fills free blocks with given bytes.
   *
   * @param offset first byte, at a block's begin
   * @param source whole blocks; consumed
   * @throws io.veneer.thinpool.HostSpaceException if the host's disk is full; the block's content
   *     is then undefined
   */
  void writeNew(long offset, ByteBuffer source);

  /**
   * Fills a free block with a copy of another block, with some bytes replaced.
   *
   * @param fromOffset the block to copy
   * @param toOffset the free block
   * @param patchOffset where in the block the replaced bytes begin
   * @param patch the bytes that replace; may be empty; consumed
   * @throws io.veneer.thinpool.HostSpaceException if the host's disk is full; the block's content
   *     is then undefined
   */
  void copyPatched(long fromOffset, long toOffset, int patchOffset, ByteBuffer patch);

  /**
   * Fills a free block with zeroes, with some bytes replaced.
   *
   * @param toOffset the free block
   * @param patchOffset where in the block the replaced bytes begin
   * @param patch the bytes that replace; may be empty; consumed
   * @throws io.veneer.thinpool.HostSpaceException if the host's disk is full; the block's content
   *     is then undefined
   */
  void zeroPatched(long toOffset, int patchOffset, ByteBuffer patch);

  /**
   * Compares bytes without copying them.
   *
   * @param offset first byte in the file
   * @param expected the bytes to compare with; not consumed
   * @return whether all are equal
   */
  boolean matches(long offset, ByteBuffer expected);

  /**
   * Whether blocks are filled faster once there is room for them: not where all that is written
   * goes to a new place, nor where room is memory that would be cleared first.
   *
   * @return true if {@link #reserve} before filling is worth its while
   */
  boolean gainsFromRoomAhead();

  /**
   * Takes room on the host's disk for a range, keeping contents.
   *
   * @param offset first byte
   * @param lengthBytes length
   * @throws io.veneer.thinpool.HostSpaceException if the host's disk is full; a part may have room
   *     then, which {@link #punch} gives back
   */
  void reserve(long offset, long lengthBytes);

  /**
   * Gives a range of free blocks back to the host's file system; it reads as zeroes afterwards.
   * Does nothing where the file system cannot.
   *
   * @param offset first byte
   * @param lengthBytes length
   */
  void punch(long offset, long lengthBytes);

  /**
   * Says how long the file was. Where it is shorter now, what lies between is lost: reading there
   * fails instead of giving zeroes. For opening only: nobody reads or writes.
   *
   * @param lengthBytes its length at its last commit
   */
  void expectLength(long lengthBytes);

  /**
   * Cuts the file off, so that everything from an offset on reads as zeroes. For opening only:
   * nobody reads or writes.
   *
   * @param offset first byte that goes
   */
  void truncate(long offset);

  /**
   * Makes all that was written before durable.
   *
   * @throws io.veneer.thinpool.PoolIoException if the host cannot; what is on the disk is then
   *     unknown
   */
  void force();

  /**
   * Makes what was written to a range before durable; may do more.
   *
   * @param offset first byte
   * @param lengthBytes length
   */
  void force(long offset, long lengthBytes);

  /**
   * The file's length; sparse, so not what it takes.
   *
   * @return bytes
   */
  long lengthBytes();

  /**
   * What the host's file system holds for the file.
   *
   * @return bytes
   */
  long hostBytes();

  /**
   * Unmaps and closes; forces nothing. The caller has made sure that nobody is inside. Idempotent.
   */
  @Override
  void close();
}
