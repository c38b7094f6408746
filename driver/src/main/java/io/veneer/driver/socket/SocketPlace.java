// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.socket;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/**
 * A unix socket's place in the file system, for a server that binds the socket itself: it binds
 * {@link #hidden}, in a folder that only we can enter, and then {@link #publish} gives the socket
 * mode 0600 and moves it to its path. So nobody else can connect at any moment.
 *
 * <p>What a server that died left behind is replaced; what a living one listens on, and any other
 * file, is not. One thread.
 */
public final class SocketPlace implements AutoCloseable {
  private static final String FOLDER_PREFIX = ".veneer";

  private final Path path;
  private final Path folder;
  private final ShortPath way;
  private Object fileKey;
  private boolean hidden = true;

  private SocketPlace(Path path, Path folder) throws IOException {
    this.path = path;
    this.folder = folder;
    this.way = ShortPath.to(folder.resolve("s"));
  }

  /**
   * Finds a place for a socket that any program can connect to.
   *
   * @param path where the socket shall be; its folder is there
   * @return the place, to be closed
   * @throws PoolException if there is something that is no dead server's socket, if the path has
   *     more bytes than an address takes, or if the folder cannot be written
   */
  public static SocketPlace prepare(Path path) {
    Path absolute = path.toAbsolutePath();
    if (!ShortPath.fits(absolute)) {
      throw PoolException.badRequest(
          "socket path is too long, take a shorter one: path="
              + absolute
              + " bytes="
              + ShortPath.bytes(absolute)
              + " max="
              + ShortPath.BYTES_MAX);
    }
    return prepareAnywhere(absolute);
  }

  /** As {@link #prepare}, for a path of any length. */
  static SocketPlace prepareAnywhere(Path absolute) {
    requireReplaceable(absolute);
    try {
      Path folder = Files.createTempDirectory(absolute.getParent(), FOLDER_PREFIX);
      try {
        return new SocketPlace(absolute, folder);
      } catch (IOException e) {
        Files.delete(folder);
        throw e;
      }
    } catch (IOException e) {
      throw SocketRefusal.unmade(absolute, e);
    }
  }

  private static void requireReplaceable(Path path) {
    try {
      if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      if (attributes(path).isDirectory()) {
        throw PoolException.badRequest(
            "socket path is a folder; name a file in it, such as "
                + path.resolve("veneer.sock")
                + ": path="
                + path);
      }
      if (!attributes(path).isOther()) {
        throw PoolException.badRequest(
            "there is a file where the socket shall be; remove it or take another path: path="
                + path);
      }
      if (answers(path)) {
        throw PoolException.badRequest(
            "another server listens on this socket; stop it or take another path: path=" + path);
      }
    } catch (IOException e) {
      throw Files.isDirectory(path.getParent())
          ? SocketRefusal.failure("socket path cannot be looked at", path, e)
          : SocketRefusal.unmade(path, e);
    }
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean answers(Path path) {
    try (SocketChannel probe = SocketFile.connect(path)) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Where the socket is to be bound.
   *
   * @return an address that is good until {@link #publish}
   */
  public UnixDomainSocketAddress hidden() {
    return way.address();
  }

  /**
   * Shows the socket that was bound.
   *
   * @throws PoolException if it cannot be moved to its path
   */
  public void publish() {
    try {
      Path socket = folder.resolve("s");
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      Files.move(socket, path, StandardCopyOption.ATOMIC_MOVE);
      fileKey = attributes(path).fileKey();
      leaveHiding();
    } catch (IOException e) {
      throw SocketRefusal.unmade(path, e);
    }
  }

  private void leaveHiding() throws IOException {
    if (hidden) {
      hidden = false;
      way.close();
      Files.deleteIfExists(folder.resolve("s"));
      Files.delete(folder);
    }
  }

  /**
   * Where the socket is.
   *
   * @return the absolute path
   */
  public Path path() {
    return path;
  }

  /**
   * Removes the socket if it is still the one that was published. To be called while it is still
   * listened on, or right after: later the file may be another one's, with the same key.
   * Idempotent.
   *
   * @throws PoolException if it cannot be removed
   */
  @Override
  public void close() {
    try {
      leaveHiding();
      if (fileKey != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        if (Objects.equals(fileKey, attributes(path).fileKey())) {
          Files.delete(path);
        }
      }
      fileKey = null;
    } catch (IOException e) {
      throw SocketRefusal.failure("socket cannot be removed", path, e);
    }
  }
}
