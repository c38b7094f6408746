// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.LayerFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;

/**
 * One handle of a file of a layer: read where it is, copied up by the first write.
 *
 * <p>The kernel's overlayfs copies up when a file is opened for writing and leaves older handles on
 * the old file; here the copy comes with the first write, all handles see it, and it costs the
 * same.
 */
final class UnionFile implements LayerFile {
  private final LayerContent content;
  private final OpenNode node;
  private final boolean forWriting;
  private final AtomicBoolean closed = new AtomicBoolean();

  UnionFile(LayerContent content, OpenNode node, boolean forWriting) {
    this.content = content;
    this.node = node;
    this.forWriting = forWriting;
  }

  @Override
  public long sizeBytes() {
    checkOpen();
    try {
      return node.forReading().size();
    } catch (IOException e) {
      throw failed("cannot tell size", e);
    }
  }

  @Override
  public int read(long offset, ByteBuffer target) {
    checkOpen();
    checkOffset(offset);
    int begin = target.position();
    try {
      FileChannel channel = node.forReading();
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
    checkOpen();
    checkOffset(offset);
    try {
      return node.nextData(offset);
    } catch (IOException e) {
      throw failed("cannot find data", e);
    }
  }

  @Override
  public void write(long offset, ByteBuffer source) {
    checkOpen();
    checkOffset(offset);
    checkForWriting();
    Lock lock = content.gate().enter(name());
    try {
      FileChannel channel = node.forWriting();
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

  @Override
  public void force() {
    checkOpen();
    try {
      node.forReading().force(false);
      content.forceNames(node);
    } catch (IOException e) {
      throw failed("cannot force", e);
    }
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      content.close(node, forWriting);
    } catch (IOException e) {
      throw failed("cannot close", e);
    }
  }

  private void checkOpen() {
    if (closed.get()) {
      throw new DriverException(Kind.FAILED_PRECONDITION, "file is closed path=" + name());
    }
  }

  private void checkForWriting() {
    if (!forWriting) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION, "file was opened for reading path=" + name());
    }
  }

  private void checkOffset(long offset) {
    if (offset < 0) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "offset is negative path=" + name() + " offset=" + offset);
    }
  }

  private DriverException failed(String what, IOException cause) {
    if (cause instanceof ClosedChannelException) {
      return new DriverException(Kind.FAILED_PRECONDITION, "file is closed path=" + name(), cause);
    }
    return DriverException.io(what + " path=" + name(), cause);
  }

  private String name() {
    LayerPath path = node.path();
    return path == null ? "(removed)" : path.toString();
  }
}
