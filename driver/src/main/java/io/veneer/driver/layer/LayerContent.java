// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.OpenMode;
import io.veneer.driver.host.FileStatus;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;

/**
 * The files of one layer: where they are, who has them open, and how they come into the layer's own
 * branch.
 *
 * <p>Changes of names and copies up are made one at a time; bytes are written beside them, and
 * looking and reading wait for a change only while it becomes visible. Everything that writes goes
 * through the {@link WriteGate}. Any thread.
 *
 * <p>Locks, in the order in which they are taken: the gate, this (one change at a time), the open
 * files, the union's own.
 */
final class LayerContent {
  private final Branches branches;
  private final Union union;
  private final CopyUp copyUp;
  private final WriteGate gate = new WriteGate();

  /** Files that somebody has open, by the path that leads to them. Guards itself. */
  private final Map<LayerPath, OpenNode> opened = new HashMap<>();

  /** Set by the first change of a name that was not made durable at once. */
  private volatile boolean namesAreLoose;

  LayerContent(Branches branches, CopyCounter counter) {
    this.branches = branches;
    this.union = new Union(branches);
    this.copyUp = new CopyUp(branches, union, counter);
  }

  Branches branches() {
    return branches;
  }

  Union union() {
    return union;
  }

  WriteGate gate() {
    return gate;
  }

  UnionFile open(LayerPath path, OpenMode mode) throws IOException {
    if (mode == OpenMode.CREATE && union.find(path).isEmpty()) {
      create(path);
    }
    synchronized (opened) {
      Path place = existing(path).newest();
      if (!FileStatus.of(place).isFile()) {
        throw new DriverException(Kind.INVALID_ARGUMENT, "not a regular file path=" + path);
      }
      OpenNode node = opened.getOrDefault(path, new OpenNode(this, path, place));
      node.addHandle(mode.writes());
      opened.put(path, node);
      return new UnionFile(this, node, mode.writes());
    }
  }

  void close(OpenNode node, boolean forWriting) throws IOException {
    synchronized (opened) {
      if (node.removeHandle(forWriting)) {
        opened.remove(node.path(), node);
      }
    }
  }

  /** What a path shows; asks the host only the first time. */
  Place existing(LayerPath path) throws IOException {
    return union
        .find(path)
        .orElseThrow(() -> new DriverException(Kind.NOT_FOUND, "no such file path=" + path));
  }

  /** Makes one change of the layer, while no other is made. */
  void change(LayerPath path, Union.Change change) throws IOException {
    Lock lock = gate.enter(path);
    try {
      synchronized (this) {
        change.run();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Where a path is in the own branch from now on. Only inside of {@link #change}. */
  Path copyUp(LayerPath path) throws IOException {
    Path own = copyUp.node(path);
    synchronized (opened) {
      OpenNode node = opened.get(path);
      if (node != null) {
        node.use(own, false);
      }
    }
    return own;
  }

  /** Copies an open file up for writing; the writer is in the gate. */
  synchronized void copyUp(OpenNode node) throws IOException {
    LayerPath path = node.path();
    if (path == null && !node.isWritable()) {
      throw new DriverException(Kind.NOT_FOUND, "file was removed");
    }
    if (path != null) {
      node.use(copyUp.node(path), true);
    }
  }

  /** A free name in the staging folder. Only inside of {@link #change}. */
  Path stagingPlace() throws IOException {
    return copyUp.stagingPlace();
  }

  /** Changes names in the own branch; what is found there must be looked up again. */
  void changeNames(Union.Change change, LayerPath... paths) throws IOException {
    namesAreLoose = true;
    synchronized (opened) {
      union.change(change, paths);
    }
  }

  /**
   * Makes a change of the own branch that may be anything; files that are open stay as they are.
   */
  void changeAll(Union.Change change) throws IOException {
    change(
        LayerPath.TOP,
        () -> {
          namesAreLoose = true;
          synchronized (opened) {
            opened.values().forEach(node -> node.moveTo(null));
            opened.clear();
            union.changeAll(change);
          }
        });
  }

  /** Copies what is below up to a path, inside of {@link #changeAll}; false if nothing is there. */
  boolean bringUp(String path) throws IOException {
    union.forgetAll();
    LayerPath place = new LayerPath(List.of(path.split("/")));
    if (union.find(place).isEmpty()) {
      return false;
    }
    copyUp.node(place);
    return true;
  }

  /** Lets those who have a file open keep it, before its path goes. */
  void letGo(LayerPath path) throws IOException {
    OpenNode node;
    synchronized (opened) {
      node = opened.get(path);
    }
    if (node == null) {
      return;
    }
    if (node.hasWriters()) {
      node.use(copyUp.node(path), true);
    }
    synchronized (opened) {
      opened.remove(path, node);
      node.moveTo(null);
    }
  }

  /** Those who have files open at a path or below it have them at another path from now on. */
  void moveOpened(LayerPath from, LayerPath to) throws IOException {
    synchronized (opened) {
      for (LayerPath path : opened.keySet().stream().filter(each -> each.isIn(from)).toList()) {
        OpenNode node = opened.remove(path);
        LayerPath moved = path.moved(from, to);
        node.moveTo(moved);
        node.use(moved.in(branches.top()), node.isWritable());
        opened.put(moved, node);
      }
    }
  }

  /** Makes the names that lead to a file durable, if they are not already. */
  void forceNames(OpenNode node) throws IOException {
    LayerPath path = node.path();
    if (!namesAreLoose || path == null) {
      return;
    }
    for (LayerPath folder = path.parent(); ; folder = folder.parent()) {
      Path own = folder.in(branches.top());
      if (Files.isDirectory(own)) {
        HostFiles.forceFolder(own);
      }
      if (folder.isTop()) {
        return;
      }
    }
  }

  private void create(LayerPath path) throws IOException {
    change(
        path,
        () -> {
          if (union.find(path).isEmpty()) {
            new UnionMaker(this).makeFileAndFolders(path);
          }
        });
  }
}
