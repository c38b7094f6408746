// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import jnr.constants.platform.Errno;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * Asks a file system where the blocks of a file lie.
 *
 * <pre>
 * struct fiemap, byte order of the machine (kernel, Documentation/filesystems/fiemap.rst)
 *   0  u64 first byte     8  u64 length    16  u32 flags     20  u32 extents answered
 *  24  u32 extents that there is room for  28  u32 reserved
 *  32  extents, each:
 *       0  u64 place in the file    8  u64 place on the disk   16  u64 length
 *      24  u64 reserved, twice     40  u32 flags               44  u32 reserved, three times
 *      56  end
 * </pre>
 *
 * Stateless; any thread.
 */
final class ExtentCalls {
  static {
    System.setProperty("jnr.ffi.x86asm.enabled", "false");
  }

  private static final long FS_IOC_FIEMAP = 0xc020660bL;
  private static final int FLAG_SYNC = 1;
  private static final int EXTENT_LAST = 0x1;
  private static final int EXTENT_NO_PLACE = 0x2 | 0x4 | 0x200;

  private static final int START_OFFSET = 0;
  private static final int LENGTH_OFFSET = 8;
  private static final int FLAGS_OFFSET = 16;
  private static final int ANSWERED_OFFSET = 20;
  private static final int ROOM_OFFSET = 24;
  private static final int HEADER_LENGTH = 32;
  private static final int EXTENT_LOGICAL = 0;
  private static final int EXTENT_PHYSICAL = 8;
  private static final int EXTENT_BYTES = 16;
  private static final int EXTENT_FLAGS = 40;
  private static final int EXTENT_LENGTH = 56;
  private static final int ROOM = 256;

  private static final LibC LIB_C = LibraryLoader.create(LibC.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(LIB_C);

  /** What is called, with C's names; public because jnr implements it from another class loader. */
  public interface LibC {
    int ioctl(int file, long request, byte[] argument);
  }

  private ExtentCalls() {}

  /** The extents that have a place on the disk, in the order of the places. */
  static List<SharedBlocks.Extent> extents(Path file) throws IOException {
    List<SharedBlocks.Extent> extents = new ArrayList<>();
    int descriptor = HostCalls.openForReading(file);
    try {
      long next = 0;
      while (next >= 0) {
        next = addExtents(descriptor, next, extents, file);
      }
    } finally {
      HostCalls.close(descriptor);
    }
    extents.sort(Comparator.comparingLong(SharedBlocks.Extent::physicalOffset));
    return extents;
  }

  /** How much of some extents lies outside of others; both in the order of the places. */
  static long bytesOutside(List<SharedBlocks.Extent> extents, List<SharedBlocks.Extent> others) {
    long outsideBytes = 0;
    for (SharedBlocks.Extent extent : extents) {
      outsideBytes += extent.lengthBytes();
      for (SharedBlocks.Extent other : others) {
        long commonBytes =
            Math.min(extent.end(), other.end())
                - Math.max(extent.physicalOffset(), other.physicalOffset());
        outsideBytes -= Math.max(0, commonBytes);
      }
    }
    return outsideBytes;
  }

  /** Asks for as many extents as there is room for; answers where to go on, or -1. */
  private static long addExtents(
      int descriptor, long start, List<SharedBlocks.Extent> extents, Path file) throws IOException {
    ByteBuffer map =
        ByteBuffer.allocate(HEADER_LENGTH + ROOM * EXTENT_LENGTH).order(ByteOrder.nativeOrder());
    map.putLong(START_OFFSET, start).putLong(LENGTH_OFFSET, Long.MAX_VALUE - start);
    map.putInt(FLAGS_OFFSET, FLAG_SYNC).putInt(ROOM_OFFSET, ROOM);
    if (LIB_C.ioctl(descriptor, FS_IOC_FIEMAP, map.array()) < 0) {
      Errno errno = Errno.valueOf(LastError.getLastError(RUNTIME));
      throw new IOException("cannot tell the blocks of " + file + ": " + errno.description());
    }
    int answered = map.getInt(ANSWERED_OFFSET);
    long next = -1;
    for (int i = 0; i < answered; i++) {
      int at = HEADER_LENGTH + i * EXTENT_LENGTH;
      long lengthBytes = map.getLong(at + EXTENT_BYTES);
      int flags = map.getInt(at + EXTENT_FLAGS);
      if ((flags & EXTENT_NO_PLACE) == 0) {
        extents.add(new SharedBlocks.Extent(map.getLong(at + EXTENT_PHYSICAL), lengthBytes));
      }
      next = (flags & EXTENT_LAST) != 0 ? -1 : map.getLong(at + EXTENT_LOGICAL) + lengthBytes;
    }
    return next;
  }
}
