// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.HostSpaceException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes room on the host's disk for blocks before they are filled, where one is filled behind the
 * other. Then the host's file system has one call to find room for many blocks, and need not look
 * for each, nor note that it still has to. Filling 64 KiB by one positional write took 11.3
 * microseconds then on ext4, and 15.5 in a hole or at the file's end; to force them took the same.
 * On xfs it made no difference.
 *
 * <p>The room is taken in chunks, when a chunk follows on one that was filled before. So at the
 * most one chunk has room and no use, and goes on to be used when filling goes on; what of it lies
 * behind the file's end is given back when the file is closed. A disk that is full is no matter
 * here: who fills the block will say so.
 *
 * <p>Any thread; a lookup takes no lock. Owns nothing.
 */
final class RoomAhead {
  private static final int CHUNK_SHIFT = 22;
  private static final long NONE = -2;

  private final HostFile file;

  /** The chunk that was filled in last. */
  private final AtomicLong current = new AtomicLong(NONE);

  private volatile boolean refused;
  private volatile boolean taken;

  RoomAhead(HostFile file) {
    this.file = file;
  }

  /** Blocks are about to be filled. */
  void before(long offset, long lengthBytes) {
    long chunk = offset + lengthBytes - 1 >>> CHUNK_SHIFT;
    long last = current.get();
    if (chunk != last && current.compareAndSet(last, chunk) && chunk == last + 1 && !refused) {
      take(chunk);
    }
  }

  private void take(long chunk) {
    taken = true;
    try {
      refused = !file.allocateBehind(chunk << CHUNK_SHIFT, 1L << CHUNK_SHIFT);
    } catch (HostSpaceException e) {
      refused = true; // what room there is belongs to who needs it now
    }
  }

  /** Gives back what lies behind the file's end. */
  void end() {
    if (taken) {
      file.setLength(file.lengthBytes());
    }
  }
}
