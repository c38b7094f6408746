// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of a layer that somebody has open: where it is, and the channels on it. All handles of one
 * path share it, so that each sees what another copied up. It keeps its channels when the path is
 * removed or goes to another file. Any thread.
 */
final class OpenNode {
  private final LayerContent content;

  /** Channels that were in use; who began to read through one may go on. Guarded by this. */
  private final List<FileChannel> channels = new ArrayList<>();

  /** Guarded by this, as are the next three. */
  private int handles;

  private int writers;

  /** The path that leads here, or null once none does. */
  private LayerPath path;

  private Path place;

  private volatile FileChannel current;
  private volatile boolean isWritable;

  OpenNode(LayerContent content, LayerPath path, Path place) {
    this.content = content;
    this.path = path;
    this.place = place;
  }

  synchronized void addHandle(boolean forWriting) throws IOException {
    if (current == null) {
      use(place, false);
    }
    handles++;
    writers += forWriting ? 1 : 0;
  }

  /** Closes the channels with the last handle; answers whether it was. */
  synchronized boolean removeHandle(boolean forWriting) throws IOException {
    handles--;
    writers -= forWriting ? 1 : 0;
    if (handles > 0) {
      return false;
    }
    for (FileChannel channel : channels) {
      channel.close();
    }
    return true;
  }

  FileChannel forReading() {
    return current;
  }

  FileChannel forWriting() throws IOException {
    if (!isWritable) {
      content.copyUp(this);
    }
    return current;
  }

  /** The path that leads here, or null. */
  synchronized LayerPath path() {
    return path;
  }

  synchronized boolean hasWriters() {
    return writers > 0;
  }

  synchronized boolean isWritable() {
    return isWritable;
  }

  synchronized void moveTo(LayerPath newPath) {
    path = newPath;
  }

  /** The file is in the layer's own branch from now on. */
  synchronized void use(Path newPlace, boolean writable) throws IOException {
    if (current != null && !current.isOpen()) {
      throw new ClosedChannelException();
    }
    if (current != null && newPlace.equals(place) && (isWritable || !writable)) {
      return;
    }
    FileChannel channel =
        writable
            ? FileChannel.open(
                newPlace,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS)
            : FileChannel.open(newPlace, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    channels.add(channel);
    place = newPlace;
    current = channel;
    isWritable = writable;
  }

  /** The next byte that is not in a hole; a file without a name does not know its holes. */
  long nextData(long offset) throws IOException {
    Path named = namedPlace();
    return named == null ? Math.min(offset, current.size()) : HostFiles.nextData(named, offset);
  }

  private synchronized Path namedPlace() {
    return path == null ? null : place;
  }
}
