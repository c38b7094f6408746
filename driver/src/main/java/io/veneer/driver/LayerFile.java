// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import java.nio.ByteBuffer;

/**
 * The bytes of one file of a snapshot, in user space and without a mount. Of a driver with {@link
 * Capability#VOLUME} the file is the volume itself.
 *
 * <p>Offsets and lengths are bytes, of any alignment. Any number of threads may read and write;
 * requests that overlap in time and in range have no order among them, and a request that returned
 * before another began is seen by it, through whatever handle of the same snapshot.
 *
 * <p>The first write may copy (a file-level driver copies the whole file up, a block-level driver
 * the blocks that are touched); no other snapshot sees it. Failures are {@link DriverException}s:
 * INVALID_ARGUMENT for a range that cannot be, FAILED_PRECONDITION for a write through a handle
 * opened for reading or after the snapshot was committed, RESOURCE_EXHAUSTED when there is no space
 * (a part may have been written), IO when the host fails. What is written after the snapshot was
 * removed is refused or goes away with it.
 */
public interface LayerFile extends AutoCloseable {
  /**
   * The size now.
   *
   * @return size in bytes
   */
  long sizeBytes();

  /**
   * Fills a buffer from the file, as far as the file goes.
   *
   * @param offset first byte, 0 or more
   * @param target where the bytes go; its position moves by what was read
   * @return bytes read: what remained in the target, or less where the file ends before
   */
  int read(long offset, ByteBuffer target);

  /**
   * Finds the next byte that may be other than zero, so that a reader of a sparse file can pass
   * over its holes. A file that does not know its holes answers the offset itself.
   *
   * @param offset first byte to look at, 0 or more
   * @return an offset from there on, before which all bytes are zero; the size if there is none
   */
  default long nextData(long offset) {
    return Math.min(offset, sizeBytes());
  }

  /**
   * Writes the rest of a buffer. A file grows where the write ends behind its end; a volume does
   * not, and refuses.
   *
   * @param offset first byte, 0 or more
   * @param source the bytes; its position ends at its limit
   */
  void write(long offset, ByteBuffer source);

  /**
   * Makes every write that returned before durable: after a power cut {@link
   * StorageDriver#openFile} finds the file, and the file those bytes.
   */
  void force();

  /** Ends the use of the file; forces nothing. Idempotent. */
  @Override
  void close();
}
