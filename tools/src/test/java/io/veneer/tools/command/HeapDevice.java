// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.ExtentKind;
import io.veneer.thinpool.ExtentVisitor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A thin device in memory that records the requests it gets. One thread. */
final class HeapDevice implements BlockDevice {
  static final int BLOCK_BYTES = 65536;

  private final TreeMap<Long, byte[]> blocks = new TreeMap<>();
  private final List<String> requests = new ArrayList<>();
  private long sizeBytes;

  HeapDevice(long sizeBytes) {
    this.sizeBytes = sizeBytes;
  }

  /** Reads and writes since the last call, such as {@code "write 0+65536"}. */
  List<String> takeRequests() {
    List<String> taken = List.copyOf(requests);
    requests.clear();
    return taken;
  }

  void resize(long bytes) {
    sizeBytes = bytes;
  }

  @Override
  public String name() {
    return "heap";
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public int blockSizeBytes() {
    return BLOCK_BYTES;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public void read(long offset, ByteBuffer target) {
    requests.add("read " + offset + "+" + target.remaining());
    for (long at = offset; target.hasRemaining(); at++) {
      byte[] block = blocks.get(at / BLOCK_BYTES);
      target.put(block == null ? 0 : block[(int) (at % BLOCK_BYTES)]);
    }
  }

  @Override
  public void write(long offset, ByteBuffer source, boolean fua) {
    requests.add("write " + offset + "+" + source.remaining());
    for (long at = offset; source.hasRemaining(); at++) {
      byte[] block = blocks.computeIfAbsent(at / BLOCK_BYTES, index -> new byte[BLOCK_BYTES]);
      block[(int) (at % BLOCK_BYTES)] = source.get();
    }
  }

  @Override
  public void extents(long offset, long lengthBytes, ExtentVisitor visitor) {
    long end = offset + lengthBytes;
    boolean more = true;
    for (long at = offset; more && at < end; ) {
      boolean mapped = blocks.containsKey(at / BLOCK_BYTES);
      long next = at;
      while (next < end && blocks.containsKey(next / BLOCK_BYTES) == mapped) {
        next = Math.min(end, (next / BLOCK_BYTES + 1) * BLOCK_BYTES);
      }
      more = visitor.visit(at, next - at, mapped ? ExtentKind.DATA : ExtentKind.HOLE);
      at = next;
    }
  }

  @Override
  public void writeZeroes(long offset, long lengthBytes, boolean mayUnmap, boolean fua) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void discard(long offset, long lengthBytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
