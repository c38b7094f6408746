// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/**
 * A unix socket's place in the file system. The socket is made in a folder that only we can enter,
 * and moved to its path with mode 0600, so nobody else can connect at any moment. What a server
 * that died left behind is replaced; what a living one listens on, and any other file, is not.
 */
final class SocketFile implements AutoCloseable {
  /** What the kernel's address has room for, its final NUL left out. */
  private static final int PATH_BYTES_MAX = 107;

  private static final String FOLDER_PREFIX = ".nbd";
  private static final int BACKLOG = 1024;

  private final Path path;
  private final ServerSocketChannel channel;
  private final Object fileKey;

  private SocketFile(Path path, ServerSocketChannel channel, Object fileKey) {
    this.path = path;
    this.channel = channel;
    this.fileKey = fileKey;
  }

  ServerSocketChannel channel() {
    return channel;
  }

  /** Makes the socket and listens. */
  static synchronized SocketFile listen(Path path) {
    Path absolute = path.toAbsolutePath();
    requireShort(absolute);
    requireReplaceable(absolute);
    try {
      return bind(absolute);
    } catch (IOException e) {
      throw failure("socket cannot be made; is its folder there, and can it be written?", path, e);
    }
  }

  private static void requireShort(Path path) {
    int bytes = path.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    if (bytes > PATH_BYTES_MAX) {
      throw PoolException.badRequest(
          "socket path is too long, take a shorter one: path="
              + path
              + " bytes="
              + bytes
              + " max="
              + PATH_BYTES_MAX);
    }
  }

  private static void requireReplaceable(Path path) {
    try {
      if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      if (!isSocket(path)) {
        throw PoolException.badRequest(
            "there is a file where the socket shall be; remove it or take another path: path="
                + path);
      }
      if (answers(path)) {
        throw PoolException.badRequest(
            "another server listens on this socket; stop it or take another path: path=" + path);
      }
    } catch (IOException e) {
      throw failure("socket path cannot be looked at", path, e);
    }
  }

  private static boolean isSocket(Path path) throws IOException {
    return attributes(path).isOther();
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean answers(Path path) {
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static SocketFile bind(Path path) throws IOException {
    Path folder = makeFolder(path.getParent());
    Path hidden = shortWay(folder.resolve("s"));
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.bind(UnixDomainSocketAddress.of(hidden), BACKLOG);
      Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-------"));
      Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE);
      return new SocketFile(path, channel, attributes(path).fileKey());
    } catch (IOException | RuntimeException e) {
      channel.close();
      Files.deleteIfExists(hidden);
      throw e;
    } finally {
      Files.delete(folder);
    }
  }

  /** With a short name, for the sake of the address; not there before, and closed to others. */
  private static Path makeFolder(Path parent) throws IOException {
    Path folder = parent.resolve(FOLDER_PREFIX + ProcessHandle.current().pid());
    return Files.createDirectory(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /**
   * The path from where we are, if the other is too long for a socket though the real one is not.
   */
  private static Path shortWay(Path hidden) {
    Path relative = Path.of("").toAbsolutePath().relativize(hidden);
    return relative.toString().length() < hidden.toString().length() ? relative : hidden;
  }

  private static PoolException failure(String what, Path path, IOException cause) {
    String why = cause.getMessage() + " (" + cause.getClass().getSimpleName() + ")";
    return new PoolException(
        PoolException.Severity.REQUEST, what + ": path=" + path + " cause=" + why, cause);
  }

  /** Ends listening, and removes the file if it is still ours. */
  @Override
  public void close() throws IOException {
    channel.close();
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && Objects.equals(fileKey, attributes(path).fileKey())) {
      Files.delete(path);
    }
  }
}
