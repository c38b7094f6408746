// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.nio.ByteBuffer;

/**
 * The metadata file: an array of 4 KiB blocks, the only way by which metadata reaches the disk.
 * Implementations may be asked to fail, tear or lose writes by tests, so nothing above this
 * interface sees an address.
 *
 * <p>Reads may come from any thread; writes, reservations and forces from one thread at a time,
 * beside reads. The caller never writes a block that another thread may be reading.
 */
public interface MetadataFile extends AutoCloseable {
  /** Size of a metadata block. */
  int BLOCK_BYTES = 4096;

  /**
   * The file's length.
   *
   * @return whole blocks
   */
  long lengthBlocks();

  /**
   * Reads one block; a block beyond the end, or in a hole, reads as zeroes.
   *
   * @param block index of the block
   * @param target at least 4096 bytes remaining; exactly 4096 are filled and the position moves by
   *     as much
   * @throws io.veneer.thinpool.PoolIoException if the host cannot read
   */
  void read(long block, ByteBuffer target);

  /**
   * Writes consecutive blocks; not durable before {@link #force}. The blocks must have been
   * reserved.
   *
   * @param firstBlock index of the first block
   * @param source a positive multiple of 4096 bytes remaining; consumed
   * @throws io.veneer.thinpool.PoolIoException if the host cannot write
   */
  void write(long firstBlock, ByteBuffer source);

  /**
   * Makes sure that blocks have room on the host's disk, so that writing them cannot fail for
   * space. Keeps contents. May lengthen the file.
   *
   * @param firstBlock index of the first block
   * @param blocks how many, positive
   * @throws io.veneer.thinpool.HostSpaceException if the host's disk is full; nothing is lost
   */
  void reserve(long firstBlock, long blocks);

  /**
   * Makes all that was written before durable.
   *
   * @throws io.veneer.thinpool.PoolIoException if the host cannot; what is on the disk is then
   *     unknown
   */
  void force();

  /**
   * What the host's file system holds for the file.
   *
   * @return bytes
   */
  long hostBytes();

  /** Unmaps and closes; forces nothing. Idempotent. */
  @Override
  void close();
}
