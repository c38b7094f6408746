// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

/**
 * The files of one pool, open and locked. {@code HostPoolFiles} keeps them in a folder; tests keep
 * them in memory.
 */
public interface PoolFiles extends AutoCloseable {
  /**
   * The metadata file.
   *
   * @return always the same object
   */
  MetadataFile metadata();

  /**
   * The data file. The block size is known only after the superblock was read, so it is opened on
   * the first call.
   *
   * @param blockSizeBytes the pool's block size; the same on each call
   * @return always the same object
   */
  DataFile data(int blockSizeBytes);

  /**
   * Where the files are, for messages.
   *
   * @return a path or a name
   */
  String location();

  /**
   * Whether the files were opened for reading only.
   *
   * @return true when writes are refused
   */
  boolean readOnly();

  /** Closes the files and gives up the lock. Idempotent. */
  @Override
  void close();
}
