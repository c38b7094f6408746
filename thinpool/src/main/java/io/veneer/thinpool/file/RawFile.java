// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.PoolIoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A raw file that is only read: a device's external origin. Any thread. An interrupt of a reading
 * thread closes a channel of the JDK; it is opened again, for the others' sake.
 */
public final class RawFile implements AutoCloseable {
  private final Path path;
  private volatile FileChannel channel;

  private RawFile(Path path) throws IOException {
    this.path = path;
    this.channel = FileChannel.open(path, StandardOpenOption.READ);
  }

  /**
   * Opens a file.
   *
   * @param path where it is
   * @return the open file
   * @throws PoolIoException if it cannot be opened
   */
  public static RawFile open(String path) {
    try {
      return new RawFile(Path.of(path));
    } catch (NoSuchFileException e) {
      throw new PoolIoException("external origin is not there; put it back: path=" + path, e);
    } catch (IOException e) {
      throw new PoolIoException("external origin cannot be opened: path=" + path + " " + e, e);
    }
  }

  /**
   * Reads bytes; what lies beyond the file's end reads as zeroes.
   *
   * @param offset first byte
   * @param target filled to its limit
   * @throws PoolIoException if the host cannot read
   */
  public void read(long offset, ByteBuffer target) {
    int start = target.position();
    try {
      while (target.hasRemaining()) {
        int count = readSome(offset + target.position() - start, target);
        if (count < 0) {
          break;
        }
      }
    } catch (IOException e) {
      throw new PoolIoException("external origin cannot be read: path=" + path + " " + e, e);
    }
    while (target.hasRemaining()) {
      target.put((byte) 0);
    }
  }

  private int readSome(long offset, ByteBuffer target) throws IOException {
    FileChannel open = channel;
    try {
      return open.read(target, offset);
    } catch (ClosedChannelException e) {
      boolean interrupted = Thread.interrupted();
      reopen(open);
      int count = channel.read(target, offset);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      return count;
    }
  }

  private synchronized void reopen(FileChannel closed) throws IOException {
    if (channel == closed) {
      channel = FileChannel.open(path, StandardOpenOption.READ);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new PoolIoException("external origin cannot be closed: path=" + path, e);
    }
  }
}
