// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.LayerFile;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;

/**
 * One file of a layer: read where it is, copied up by the first write.
 *
 * <p>Each request asks the layer where the file is (a look into a hash map), so that a handle sees
 * what another handle of the same layer copied up. The kernel's overlayfs copies up when a file is
 * opened for writing and leaves older handles on the old file; here the copy comes with the first
 * write, and costs the same.
 */
final class UnionFile implements LayerFile {
  /** A place of the file and the channel on it. */
  private record Opened(Path place, boolean writable, FileChannel channel) {}

  private final LayerContent content;
  private final LayerPath path;
  private final boolean forWriting;

  /** All that were opened, the last one in use; those before may still be read. Guarded by this. */
  private final List<Opened> all = new ArrayList<>();

  private volatile Opened current;

  UnionFile(LayerContent content, LayerPath path, boolean forWriting) throws IOException {
    this.content = content;
    this.path = path;
    this.forWriting = forWriting;
    this.current = open(content.find(path), false);
  }

  @Override
  public long sizeBytes() {
    try {
      return channelForReading().size();
    } catch (IOException e) {
      throw failed("cannot tell size", e);
    }
  }

  @Override
  public int read(long offset, ByteBuffer target) {
    checkOffset(offset);
    int begin = target.position();
    try {
      FileChannel channel = channelForReading();
      int count = 0;
      while (target.hasRemaining() && count >= 0) {
        count = channel.read(target, offset + target.position() - begin);
      }
      return target.position() - begin;
    } catch (IOException e) {
      throw failed("cannot read", e);
    }
  }

  @Override
  public long nextData(long offset) {
    checkOffset(offset);
    try {
      return HostFiles.nextData(content.find(path), offset);
    } catch (IOException e) {
      throw failed("cannot find data", e);
    }
  }

  @Override
  public void write(long offset, ByteBuffer source) {
    checkOffset(offset);
    checkForWriting();
    Lock lock = content.beginWrite(path);
    try {
      FileChannel channel = channelForWriting();
      long position = offset;
      while (source.hasRemaining()) {
        position += channel.write(source, position);
      }
    } catch (IOException e) {
      throw failed("cannot write", e);
    } finally {
      lock.unlock();
    }
  }

  /** Names were made durable when the file was made or copied up, so that its data is enough. */
  @Override
  public void force() {
    try {
      channelForReading().force(false);
    } catch (IOException e) {
      throw failed("cannot force", e);
    }
  }

  @Override
  public synchronized void close() {
    for (Opened each : all) {
      try {
        each.channel.close();
      } catch (IOException e) {
        throw failed("cannot close", e);
      }
    }
  }

  private FileChannel channelForReading() throws IOException {
    Opened now = current;
    Path place = content.find(path);
    return now.place.equals(place) ? now.channel : moveTo(place, false).channel;
  }

  private FileChannel channelForWriting() throws IOException {
    Opened now = current;
    return now.writable ? now.channel : moveTo(content.writable(path), true).channel;
  }

  private synchronized Opened moveTo(Path place, boolean writable) throws IOException {
    if (!current.channel.isOpen()) {
      throw new ClosedChannelException();
    }
    if (!current.place.equals(place) || writable && !current.writable) {
      current = open(place, writable);
    }
    return current;
  }

  private synchronized Opened open(Path place, boolean writable) throws IOException {
    FileChannel channel =
        writable
            ? FileChannel.open(
                place, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)
            : FileChannel.open(place, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    Opened opened = new Opened(place, writable, channel);
    all.add(opened);
    return opened;
  }

  private void checkForWriting() {
    if (!forWriting) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION, "file was opened for reading path=" + path);
    }
  }

  private void checkOffset(long offset) {
    if (offset < 0) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "offset is negative path=" + path + " offset=" + offset);
    }
  }

  private DriverException failed(String what, IOException cause) {
    if (cause instanceof ClosedChannelException) {
      return new DriverException(Kind.FAILED_PRECONDITION, "file is closed path=" + path, cause);
    }
    return DriverException.io(what + " path=" + path, cause);
  }
}
