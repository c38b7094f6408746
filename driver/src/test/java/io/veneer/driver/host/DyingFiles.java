// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The host's files, seen by a process that dies at a given change of them: from then on every
 * change fails with {@link Died}, also those that a handler of failures would make, and what was
 * changed before stays as it is. Channels are closed when the process is gone, and with them its
 * locks go. (Calls that the JDK lacks are not counted, as they take the path as text; each of them
 * has a neighbour that is.) One thread.
 */
public final class DyingFiles extends FileSystemProvider {
  /** What a process meets that is being killed. */
  public static final class Died extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final Set<OpenOption> CHANGING =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.WRITE,
          StandardOpenOption.APPEND);

  private final FileSystemProvider host = FileSystems.getDefault().provider();
  private final DyingFileSystem fileSystem = new DyingFileSystem(this);
  private final List<FileChannel> channels = new ArrayList<>();
  private long changesLeft = Long.MAX_VALUE;

  /** A path of the host, as such a process sees it. */
  public Path path(Path real) {
    return new DyingPath(fileSystem, real);
  }

  /** Lets the process make some more changes, and dies at the next. */
  public void dieAfter(long changes) {
    changesLeft = changes;
  }

  /** Whether it came to that. */
  public boolean hasDied() {
    return changesLeft < 0;
  }

  /** What the kernel does when a process is gone. */
  public void closeAll() throws IOException {
    for (FileChannel channel : channels) {
      channel.close();
    }
  }

  private void change() {
    if (changesLeft <= 0) {
      changesLeft = -1;
      throw new Died();
    }
    changesLeft--;
  }

  static Path real(Path path) {
    return path instanceof DyingPath dying ? dying.real() : path;
  }

  @Override
  public String getScheme() {
    return "dying";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return fileSystem;
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    if (options.stream().anyMatch(CHANGING::contains)) {
      change();
    }
    FileChannel channel = host.newFileChannel(real(path), options, attributes);
    channels.add(channel);
    return channel;
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
    DirectoryStream<Path> entries =
        host.newDirectoryStream(real(folder), entry -> filter.accept(path(entry)));
    return new DirectoryStream<>() {
      @Override
      public java.util.Iterator<Path> iterator() {
        List<Path> paths = new ArrayList<>();
        entries.forEach(entry -> paths.add(folder.resolve(entry.getFileName().toString())));
        return paths.iterator();
      }

      @Override
      public void close() throws IOException {
        entries.close();
      }
    };
  }

  @Override
  public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
    change();
    host.createDirectory(real(folder), attributes);
  }

  @Override
  public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes)
      throws IOException {
    change();
    host.createSymbolicLink(real(link), real(target), attributes);
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    change();
    host.createLink(real(link), real(existing));
  }

  @Override
  public Path readSymbolicLink(Path link) throws IOException {
    return host.readSymbolicLink(real(link));
  }

  @Override
  public void delete(Path path) throws IOException {
    change();
    host.delete(real(path));
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    change();
    host.copy(real(source), real(target), options);
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    change();
    host.move(real(source), real(target), options);
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    return host.isSameFile(real(path), real(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return host.isHidden(real(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return host.getFileStore(real(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    host.checkAccess(real(path), modes);
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return host.getFileAttributeView(real(path), type, options);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return host.readAttributes(real(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
      throws IOException {
    return host.readAttributes(real(path), names, options);
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options)
      throws IOException {
    change();
    host.setAttribute(real(path), name, value, options);
  }
}
