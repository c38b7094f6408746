// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.socket;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
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
 *
 * <p>Any thread may make and close one; making is one at a time.
 */
public final class SocketFile implements AutoCloseable {
  private static final String FOLDER_PREFIX = ".veneer";
  private static final int BACKLOG = 1024;

  private final Path path;
  private final ServerSocketChannel channel;
  private final Object fileKey;

  private SocketFile(Path path, ServerSocketChannel channel, Object fileKey) {
    this.path = path;
    this.channel = channel;
    this.fileKey = fileKey;
  }

  /**
   * Makes a socket that any program can connect to, and listens.
   *
   * @param path where; its folder is there
   * @return the socket, to be closed
   * @throws PoolException if there is something that is no dead server's socket, if the path has
   *     more bytes than an address takes, or if the folder cannot be written
   */
  public static SocketFile listen(Path path) {
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
    return listenAnywhere(absolute);
  }

  /**
   * Makes a socket at a path of any length, and listens. Who connects needs {@link #connect}.
   *
   * @param path where; its folder is there
   * @return the socket, to be closed
   * @throws PoolException as {@link #listen}
   */
  public static synchronized SocketFile listenAnywhere(Path path) {
    Path absolute = path.toAbsolutePath();
    requireReplaceable(absolute);
    try {
      return bind(absolute);
    } catch (IOException e) {
      throw failure("socket cannot be made; is its folder there, and can it be written?", path, e);
    }
  }

  /**
   * Connects to a socket at a path of any length.
   *
   * @param path where it is
   * @return the connection, to be closed
   * @throws IOException if there is no socket, nobody listens on it, or it is somebody else's
   */
  public static SocketChannel connect(Path path) throws IOException {
    try (ShortPath way = ShortPath.to(path)) {
      return SocketChannel.open(way.address());
    }
  }

  private static void requireReplaceable(Path path) {
    try {
      if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
        return;
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
      throw failure("socket path cannot be looked at", path, e);
    }
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean answers(Path path) {
    try (SocketChannel probe = connect(path)) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static SocketFile bind(Path path) throws IOException {
    Path folder = Files.createTempDirectory(path.getParent(), FOLDER_PREFIX);
    Path hidden = folder.resolve("s");
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try (ShortPath way = ShortPath.to(hidden)) {
      channel.bind(way.address(), BACKLOG);
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

  private static PoolException failure(String what, Path path, IOException cause) {
    String why = cause.getMessage() + " (" + cause.getClass().getSimpleName() + ")";
    return new PoolException(
        PoolException.Severity.REQUEST, what + ": path=" + path + " cause=" + why, cause);
  }

  /**
   * The socket that listens.
   *
   * @return the channel to accept from; closed with this
   */
  public ServerSocketChannel channel() {
    return channel;
  }

  /**
   * Where the socket is.
   *
   * @return the absolute path
   */
  public Path path() {
    return path;
  }

  /** Ends listening, and removes the file if it is still ours. Idempotent. */
  @Override
  public synchronized void close() throws IOException {
    if (!channel.isOpen()) {
      return; // by now the file may be another one's, with the same key
    }
    channel.close();
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && Objects.equals(fileKey, attributes(path).fileKey())) {
      Files.delete(path);
    }
  }
}
