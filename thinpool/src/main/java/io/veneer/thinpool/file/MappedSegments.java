// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolException.Severity;
import io.veneer.thinpool.PoolIoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.util.Arrays;
import net.openhft.chronicle.bytes.PointerBytesStore;
import net.openhft.chronicle.core.OS;

/**
 * A file's memory mappings: equal segments, each mapped when it is first asked for, and never
 * mapped elsewhere until all are closed.
 *
 * <p>A segment may reach beyond the end of the file, which costs nothing and leaves the file as
 * long as it is; touching a page beyond the end is a fault, so callers check the length before.
 * That is why segments are mapped with Chronicle's {@code OS.map} and not with its {@code
 * MappedFile}, which lengthens the file to the end of each chunk that is only read, and gives
 * memory back on a thread of its own at some later time.
 *
 * <p>Any thread may look up a segment, without a lock. {@link #close} only when nobody is inside;
 * then the memory of all segments is gone.
 */
final class MappedSegments implements AutoCloseable {
  /** One mapped piece of the file. Only absolute access: threads share it. */
  static final class Segment {
    final long address;
    final ByteBuffer bytes;

    Segment(long address, ByteBuffer bytes) {
      this.address = address;
      this.bytes = bytes;
    }
  }

  private static final Segment[] NONE = {};

  private final HostFile file;
  private final MapMode mode;
  private final int shift;

  /** Copied when it changes, so that a reader sees each segment in full. */
  private volatile Segment[] segments = NONE;

  private boolean closed;

  /**
   * Maps nothing yet.
   *
   * @param segmentBytes power of two, at most 1 GiB
   */
  MappedSegments(HostFile file, boolean readOnly, int segmentBytes) {
    this.file = file;
    this.mode = readOnly ? MapMode.READ_ONLY : MapMode.READ_WRITE;
    this.shift = Integer.numberOfTrailingZeros(segmentBytes);
  }

  int segmentBytes() {
    return 1 << shift;
  }

  /** The segment that an offset is in. */
  Segment at(long offset) {
    Segment[] mapped = segments;
    int index = (int) (offset >>> shift);
    if (index < mapped.length) {
      Segment segment = mapped[index];
      if (segment != null) {
        return segment;
      }
    }
    return map(index);
  }

  /** Where in its segment an offset is. */
  int indexIn(long offset) {
    return (int) offset & (segmentBytes() - 1);
  }

  /** Memory address of an offset, good up to the end of its segment. */
  long address(long offset) {
    return at(offset).address + indexIn(offset);
  }

  private synchronized Segment map(int index) {
    if (closed) {
      throw new PoolException(Severity.FATAL, "file of the pool is closed: file=" + file.path());
    }
    Segment[] mapped = Arrays.copyOf(segments, Math.max(segments.length, index + 1));
    if (mapped[index] == null) {
      mapped[index] = mapSegment((long) index << shift);
      segments = mapped;
    }
    return mapped[index];
  }

  private Segment mapSegment(long offset) {
    try {
      long address = OS.map(file.channel(), mode, offset, segmentBytes());
      PointerBytesStore store = new PointerBytesStore();
      store.set(address, segmentBytes());
      return new Segment(address, store.toTemporaryDirectByteBuffer());
    } catch (IOException e) {
      throw new PoolIoException(
          "cannot map a file, is there enough address space: file="
              + file.path()
              + " offset="
              + offset
              + " lengthBytes="
              + segmentBytes(),
          e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    Segment[] mapped = segments;
    segments = NONE;
    for (Segment segment : mapped) {
      if (segment != null) {
        unmap(segment);
      }
    }
  }

  private void unmap(Segment segment) {
    try {
      OS.unmap(segment.address, segmentBytes());
    } catch (IOException e) {
      throw new PoolIoException("cannot unmap a file: file=" + file.path(), e);
    }
  }
}
