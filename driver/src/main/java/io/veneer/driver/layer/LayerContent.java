// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.OpenMode;
import io.veneer.driver.host.FileCopy;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The files of one layer: where they are, and how they come into the layer's own branch.
 *
 * <p>copy_up copies the whole file to the staging folder, with all that is known about it, makes it
 * durable, and renames it to its place, so that a crash leaves the old file or the new one. Folders
 * on the way that only older branches have are made first. One copy_up runs at a time in a layer;
 * writes run beside each other, and all are over when {@link #seal} returns. Any thread.
 */
final class LayerContent {
  private final Branches branches;
  private final Union union;
  private final CopyCounter counter;
  private final AtomicLong staged = new AtomicLong();

  /** Writers hold the read lock; sealing waits for the write lock. */
  private final ReentrantReadWriteLock writing = new ReentrantReadWriteLock();

  /** Never turns back; writers look after they have the lock. */
  private volatile boolean sealed;

  LayerContent(Branches branches, CopyCounter counter) {
    this.branches = branches;
    this.union = new Union(branches);
    this.counter = counter;
  }

  UnionFile open(String path, OpenMode mode) throws IOException {
    LayerPath place = LayerPath.parse(path, branches.whiteouts());
    if (mode == OpenMode.CREATE && union.find(place).isEmpty()) {
      create(place);
    }
    if (!Files.isRegularFile(find(place), LinkOption.NOFOLLOW_LINKS)) {
      throw new DriverException(Kind.INVALID_ARGUMENT, "not a regular file path=" + path);
    }
    return new UnionFile(this, place, mode.writes());
  }

  /** Where a file is now; asks the host only the first time. */
  Path find(LayerPath path) throws IOException {
    return union
        .find(path)
        .orElseThrow(() -> new DriverException(Kind.NOT_FOUND, "no such file path=" + path));
  }

  /** Takes part in the layer's writing until the lock is given back; refused once it is sealed. */
  Lock beginWrite(LayerPath path) {
    Lock lock = writing.readLock();
    lock.lock();
    if (sealed) {
      lock.unlock();
      throw new DriverException(
          Kind.FAILED_PRECONDITION,
          "layer takes no more writes, its snapshot is done path=" + path);
    }
    return lock;
  }

  /** Where a file can be written; copied up if it is not there yet. */
  Path writable(LayerPath path) throws IOException {
    Path top = path.in(branches.top());
    synchronized (this) {
      Path place = find(path);
      if (!place.equals(top)) {
        copyUp(path, place, top);
        union.remember(path, top);
      }
    }
    return top;
  }

  /** Refuses writes from now on, and waits for those that run. */
  void seal() {
    sealed = true;
    writing.writeLock().lock();
    writing.writeLock().unlock();
  }

  /** Refuses writes from now on, and waits for nothing. */
  void abandon() {
    sealed = true;
  }

  private void copyUp(LayerPath path, Path from, Path to) throws IOException {
    makeFolders(path);
    Path copy =
        branches.staging().resolve(branches.whiteouts().stagingName(staged.incrementAndGet()));
    try {
      counter.add(FileCopy.copy(from, copy));
      Files.move(copy, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      HostFiles.deleteTree(copy);
      throw e;
    }
    HostFiles.forceFolder(to.getParent());
  }

  private void create(LayerPath path) throws IOException {
    Lock lock = beginWrite(path);
    try {
      synchronized (this) {
        if (union.find(path).isPresent()) {
          return;
        }
        makeFolders(path);
        Path file = Files.createFile(path.in(branches.top()));
        HostFiles.forceFolder(file.getParent());
        union.remember(path, file);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Makes the folders of a path in the layer's own branch, like those that show below. */
  private void makeFolders(LayerPath path) throws IOException {
    for (int depth = 1; depth < path.depth(); depth++) {
      Path folder = path.in(branches.top(), depth);
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      Path below = union.findFolder(path, depth).orElse(null);
      if (below != null && !Files.isDirectory(below, LinkOption.NOFOLLOW_LINKS)) {
        throw new DriverException(Kind.INVALID_ARGUMENT, "not a folder on the way path=" + path);
      }
      Files.createDirectory(folder);
      if (below != null) {
        FileCopy.copyAttributes(below, folder);
      }
      HostFiles.forceFolder(folder.getParent());
    }
  }
}
