// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.nio.file.Path;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * Finds where a sparse file has data. The JDK has no call for that, so this one is asked of the C
 * library, on a descriptor of its own. One thread; owns the descriptor.
 */
final class HoleFinder implements AutoCloseable {
  private static final int OPEN_READ_ONLY = 0;
  private static final int SEEK_DATA = 3;
  private static final int NO_MORE_DATA = 6;

  /** The calls of the C library, under their names there. */
  public interface LibC {
    /** Opens a file. */
    int open(String path, int flags);

    /** Moves the position of a descriptor. */
    long lseek(int descriptor, long offset, int whence);

    /** Closes a descriptor. */
    int close(int descriptor);
  }

  private final LibC libc;
  private int descriptor;

  private HoleFinder(LibC libc, int descriptor) {
    this.libc = libc;
    this.descriptor = descriptor;
  }

  /** Sees data everywhere. */
  static HoleFinder none() {
    return new HoleFinder(null, -1);
  }

  /** Opens a file a second time; sees data everywhere where that fails. */
  static HoleFinder open(Path file) {
    LibC libc = LibraryLoader.create(LibC.class).load("c");
    return new HoleFinder(libc, libc.open(file.toString(), OPEN_READ_ONLY));
  }

  /** The first offset from a position on that has data, or the file's size. */
  long nextData(long position, long sizeBytes) {
    if (descriptor < 0) {
      return position;
    }
    long data = libc.lseek(descriptor, position, SEEK_DATA);
    if (data >= position) {
      return data;
    }
    boolean onlyHoles = Runtime.getRuntime(libc).getLastError() == NO_MORE_DATA;
    return onlyHoles ? sizeBytes : position;
  }

  @Override
  public void close() {
    if (descriptor >= 0) {
      libc.close(descriptor);
      descriptor = -1;
    }
  }
}
