// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.socket;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * A unix socket that is listened on, in a {@link SocketPlace}. Any thread may make and close one;
 * making is one at a time.
 */
public final class SocketFile implements AutoCloseable {
  private static final int BACKLOG = 1024;

  private final SocketPlace place;
  private final ServerSocketChannel channel;

  private SocketFile(SocketPlace place, ServerSocketChannel channel) {
    this.place = place;
    this.channel = channel;
  }

  /**
   * Makes a socket that any program can connect to, and listens.
   *
   * @param path where; its folder is there
   * @return the socket, to be closed
   * @throws PoolException if there is something that is no dead server's socket, if the path has
   *     more bytes than an address takes, or if the folder cannot be written
   */
  public static synchronized SocketFile listen(Path path) {
    return bind(SocketPlace.prepare(path));
  }

  /**
   * Makes a socket at a path of any length, and listens. Who connects needs {@link #connect}.
   *
   * @param path where; its folder is there
   * @return the socket, to be closed
   * @throws PoolException as {@link #listen}
   */
  public static synchronized SocketFile listenAnywhere(Path path) {
    return bind(SocketPlace.prepareAnywhere(path.toAbsolutePath()));
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

  private static SocketFile bind(SocketPlace place) {
    try {
      ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.bind(place.hidden(), BACKLOG);
        place.publish();
        return new SocketFile(place, channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      place.close();
      throw SocketRefusal.unmade(place.path(), e);
    } catch (RuntimeException e) {
      place.close();
      throw e;
    }
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
    return place.path();
  }

  /** Ends listening, and removes the file if it is still ours. Idempotent. */
  @Override
  public synchronized void close() throws IOException {
    if (!channel.isOpen()) {
      return; // by now the file may be another one's, with the same key
    }
    channel.close();
    place.close();
  }
}
