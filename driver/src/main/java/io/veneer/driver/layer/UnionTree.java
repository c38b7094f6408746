// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.LayerFile;
import io.veneer.driver.LayerTree;
import io.veneer.driver.NodeInfo;
import io.veneer.driver.NodeType;
import io.veneer.driver.OpenMode;
import io.veneer.driver.host.FileStatus;
import io.veneer.driver.host.HostNodes;
import io.veneer.driver.host.OverlayMarks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The tree of a layer that is a stack of branches: checks paths, and turns what the host says into
 * {@link DriverException}s. Threads: as {@link LayerTree} says.
 */
final class UnionTree implements LayerTree {
  private final LayerContent content;
  private final Union union;
  private final UnionMaker maker;
  private final UnionNames names;

  UnionTree(LayerContent content) {
    this.content = content;
    this.union = content.union();
    this.maker = new UnionMaker(content);
    this.names = new UnionNames(content);
  }

  /** Something that the host may refuse. */
  private interface Asking<T> {
    T run() throws IOException;
  }

  /** A change of what is at a place in the own branch. */
  private interface NodeChange {
    void run(Path own) throws IOException;
  }

  @Override
  public List<String> list(String folder) {
    LayerPath path = pathOrTop(folder);
    return asking(
        path,
        () -> {
          maker.checkIsFolder(path);
          return List.copyOf(union.names(content.existing(path)));
        });
  }

  @Override
  public NodeInfo stat(String path) {
    FileStatus status = asking(pathOrTop(path), () -> FileStatus.of(newest(pathOrTop(path))));
    return new NodeInfo(
        status.type(),
        status.permissions(),
        status.owner(),
        status.group(),
        status.sizeBytes(),
        status.deviceNumber(),
        status.names(),
        status.modified());
  }

  @Override
  public LayerFile open(String path, OpenMode mode) {
    LayerPath place = path(path);
    return asking(place, () -> content.open(place, mode));
  }

  @Override
  public String linkTarget(String path) {
    LayerPath place = path(path);
    return asking(
        place,
        () -> {
          Path link = newest(place);
          if (FileStatus.of(link).type() != NodeType.LINK) {
            throw new DriverException(Kind.INVALID_ARGUMENT, "is no link path=" + path);
          }
          return new String(HostNodes.readLink(link), StandardCharsets.UTF_8);
        });
  }

  @Override
  public void makeFile(String path, int permissions) {
    make(path, place -> UnionMaker.makeFile(place, permissions));
  }

  @Override
  public void makeFolder(String path, int permissions) {
    make(path, place -> UnionMaker.makeFolder(place, permissions));
  }

  @Override
  public void makeLink(String path, String target) {
    byte[] bytes = target.getBytes(StandardCharsets.UTF_8);
    make(path, place -> HostNodes.makeLink(place, bytes));
  }

  @Override
  public void makeNode(String path, NodeType type, int permissions, long deviceNumber) {
    if (type == NodeType.FILE || type == NodeType.FOLDER || type == NodeType.LINK) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "is no kind of device or pipe path=" + path + " type=" + type);
    }
    if (content.branches().whiteouts().isReservedDevice(type, deviceNumber)) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION, "character device 0/0 is a whiteout path=" + path);
    }
    make(path, place -> HostNodes.make(place, type, permissions, deviceNumber));
  }

  @Override
  public void addName(String path, String existing) {
    LayerPath place = path(path);
    LayerPath file = path(existing);
    change(place, () -> names.addName(place, file));
  }

  @Override
  public void rename(String from, String to) {
    LayerPath source = path(from);
    LayerPath target = path(to);
    change(source, () -> names.rename(source, target));
  }

  @Override
  public void removeFile(String path) {
    LayerPath place = path(path);
    change(place, () -> names.removeFile(place));
  }

  @Override
  public void removeFolder(String path) {
    LayerPath place = path(path);
    change(place, () -> names.removeFolder(place));
  }

  @Override
  public void truncate(String path, long sizeBytes) {
    if (sizeBytes < 0) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "size is negative path=" + path + " sizeBytes=" + sizeBytes);
    }
    changeNode(
        path,
        own -> {
          if (!FileStatus.of(own).isFile()) {
            throw new DriverException(Kind.INVALID_ARGUMENT, "not a regular file path=" + path);
          }
          HostNodes.setSize(own, sizeBytes);
        });
  }

  @Override
  public void setPermissions(String path, int permissions) {
    if (stat(path).type() == NodeType.LINK) {
      throw new DriverException(Kind.INVALID_ARGUMENT, "a link has no mode path=" + path);
    }
    changeNode(path, own -> HostNodes.setPermissions(own, permissions));
  }

  @Override
  public void setOwner(String path, int owner, int group) {
    changeNode(path, own -> HostNodes.setOwner(own, owner, group));
  }

  @Override
  public void setTimes(String path, Instant accessed, Instant modified) {
    changeNode(path, own -> HostNodes.setTimes(own, accessed, modified));
  }

  @Override
  public Map<String, byte[]> attributes(String path) {
    LayerPath place = pathOrTop(path);
    return asking(place, () -> Attributes.of(newest(place)));
  }

  @Override
  public void setAttribute(String path, String name, byte[] value) {
    checkAttribute(path, name);
    changeNode(path, own -> HostNodes.setAttribute(own, name, value));
  }

  @Override
  public void removeAttribute(String path, String name) {
    checkAttribute(path, name);
    changeNode(path, own -> HostNodes.removeAttribute(own, name));
  }

  private static void checkAttribute(String path, String name) {
    if (OverlayMarks.isMark(name)) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "attribute belongs to the layout of layers path=" + path + " name=" + name);
    }
  }

  private LayerPath path(String path) {
    return LayerPath.parse(path, content.branches().whiteouts());
  }

  private LayerPath pathOrTop(String path) {
    return LayerPath.parseFolder(path, content.branches().whiteouts());
  }

  private Path newest(LayerPath path) throws IOException {
    return content.existing(path).newest();
  }

  private void make(String path, UnionMaker.Maker making) {
    LayerPath place = path(path);
    change(place, () -> maker.make(place, making));
  }

  private void changeNode(String path, NodeChange change) {
    LayerPath place = pathOrTop(path);
    change(place, () -> change.run(content.copyUp(place)));
  }

  private void change(LayerPath path, Union.Change change) {
    asking(
        path,
        () -> {
          content.change(path, change);
          return path;
        });
  }

  private static <T> T asking(LayerPath path, Asking<T> asking) {
    try {
      return asking.run();
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  private static DriverException failure(LayerPath path, IOException e) {
    Kind kind = null;
    if (e instanceof NoSuchFileException) {
      kind = Kind.NOT_FOUND;
    } else if (e instanceof FileAlreadyExistsException) {
      kind = Kind.ALREADY_EXISTS;
    } else if (e instanceof DirectoryNotEmptyException
        || e instanceof AccessDeniedException
        || e instanceof AtomicMoveNotSupportedException) {
      kind = Kind.FAILED_PRECONDITION;
    }
    return kind == null
        ? DriverException.io("host fails path=" + path, e)
        : new DriverException(kind, "host refuses path=" + path + " reason=" + e.getMessage(), e);
  }
}
