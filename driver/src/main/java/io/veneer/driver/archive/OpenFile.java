// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import static io.veneer.driver.archive.FolderCalls.libC;
import static io.veneer.driver.archive.FolderCalls.orErrno;

import java.nio.ByteBuffer;

/**
 * An open regular file of the host, read and written at positions through direct buffers. One
 * thread; owns the descriptor.
 */
final class OpenFile implements AutoCloseable {
  private final int descriptor;
  private final String name;

  OpenFile(int descriptor, String name) {
    this.descriptor = descriptor;
    this.name = name;
  }

  /** Fills the rest of a direct buffer as far as the file goes; its position moves. */
  void read(ByteBuffer target, long offset) throws HostFailure {
    long position = offset;
    while (target.hasRemaining()) {
      long count =
          check(orErrno(libC().pread(descriptor, target, target.remaining(), position)), "read");
      if (count == 0) {
        return;
      }
      target.position(target.position() + (int) count);
      position += count;
    }
  }

  /** Writes the rest of a direct buffer; its position ends at its limit. */
  void write(ByteBuffer source, long offset) throws HostFailure {
    long position = offset;
    while (source.hasRemaining()) {
      long count =
          check(orErrno(libC().pwrite(descriptor, source, source.remaining(), position)), "write");
      source.position(source.position() + (int) count);
      position += count;
    }
  }

  void setSize(long sizeBytes) throws HostFailure {
    check(orErrno(libC().ftruncate(descriptor, sizeBytes)), "set size of");
  }

  @Override
  public void close() {
    libC().close(descriptor);
  }

  private long check(long result, String what) throws HostFailure {
    if (result < 0) {
      throw new HostFailure(what, name, result);
    }
    return result;
  }
}
