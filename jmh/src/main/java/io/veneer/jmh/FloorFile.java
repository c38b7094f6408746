// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.StandardOpenOption;

/** A plain file in a folder of its own: what a floor copies from and to. Gone after close. */
final class FloorFile implements AutoCloseable {
  private final BenchmarkFolder folder = new BenchmarkFolder();
  private final FileChannel channel;
  private final long sizeBytes;

  /** A sparse file that holds nothing. */
  FloorFile(long sizeBytes) {
    this.sizeBytes = sizeBytes;
    try {
      channel =
          FileChannel.open(
              folder.file("plain"),
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** Writes it from end to end, so much at once. */
  void fill(int pieceBytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(pieceBytes);
    for (long at = 0; at < sizeBytes; at += buffer.capacity()) {
      Content.fill(buffer, at);
      write(buffer, at);
    }
  }

  /** Makes all of it a hole again. */
  void empty() {
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.allocate(1), sizeBytes - 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Maps all of it; good for a size of up to 2 GiB. */
  MappedByteBuffer map() {
    try {
      return channel.map(MapMode.READ_WRITE, 0, sizeBytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void write(ByteBuffer source, long offset) {
    try {
      channel.write(source, offset);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void read(ByteBuffer target, long offset) {
    try {
      channel.read(target, offset);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void force() {
    try {
      channel.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    folder.close();
  }
}
