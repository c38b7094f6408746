// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonObject;
import io.veneer.driver.socket.SocketFile;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A connection to the process that serves a pool. Failures of the pool there are thrown here, with
 * the same type and message. One thread, but {@link #close}, which any thread may call.
 */
public final class ControlClient implements AutoCloseable {
  private final Path folder;
  private final FrameChannel channel;

  /** What it said when it began to end, or null. */
  private volatile ServerEndingException ending;

  private ControlClient(Path folder, FrameChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Connects to the server of a pool.
   *
   * @param folder the pool's folder
   * @return the connection, to be closed, or empty if nobody serves the pool, a killed server's
   *     socket or not
   * @throws PoolException if the server cannot be talked to
   */
  public static Optional<ControlClient> find(Path folder) {
    Path socket = folder.resolve(ControlProtocol.SOCKET_NAME);
    try {
      return connect(folder, socket);
    } catch (IOException e) {
      return findAgain(folder, socket);
    }
  }

  /** The socket may have gone, or come, between two looks; the kernel's words for it vary. */
  private static Optional<ControlClient> findAgain(Path folder, Path socket) {
    try {
      return connect(folder, socket);
    } catch (IOException e) {
      throw PoolException.badRequest(
          "the server of the pool cannot be reached, is it another user's? become that user or"
              + " root: socket="
              + socket
              + " cause="
              + e.getMessage());
    }
  }

  private static Optional<ControlClient> connect(Path folder, Path socket) throws IOException {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      FrameChannel channel = new FrameChannel(SocketFile.connect(socket), new LargeHeaders(1));
      return greeted(folder, channel);
    } catch (ConnectException | NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static Optional<ControlClient> greeted(Path folder, FrameChannel channel) {
    int version;
    try {
      version = channel.greet();
    } catch (IOException e) {
      channel.close();
      return Optional.empty(); // it is ending, or died just now
    }
    if (version != ControlProtocol.VERSION) {
      channel.close();
      throw PoolException.badRequest(
          "the server of the pool is of another version; use the veneer that serves the pool: pool="
              + folder
              + " protocol="
              + version
              + " ours="
              + ControlProtocol.VERSION);
    }
    return Optional.of(new ControlClient(folder, channel));
  }

  /**
   * Asks for something that is answered in one piece.
   *
   * @param type the type of request, as it was added to the server's {@link ControlRequests}
   * @param arguments its arguments
   * @return what the server answers
   * @throws PoolException if it refuses or fails, or cannot be reached any more
   */
  public JsonObject call(String type, JsonObject arguments) {
    send(type, arguments, ControlProtocol.nothing());
    return receive().header();
  }

  /**
   * Asks for something that takes long.
   *
   * @param type the type of request, as it was added with {@link ControlRequests#addLong}
   * @param arguments its arguments
   * @param parts hears how far it is
   * @return what the server answers in the end
   * @throws PoolException if it refuses or fails, or cannot be reached any more
   */
  public JsonObject call(String type, JsonObject arguments, Consumer<JsonObject> parts) {
    send(type, arguments, ControlProtocol.nothing());
    Frame frame = receive();
    while (!isLast(frame)) {
      parts.accept(frame.header());
      frame = receive();
    }
    return frame.header();
  }

  /** Sends a request, and leaves its answer to {@link #receive}. */
  void send(String type, JsonObject arguments, ByteBuffer payload) {
    arguments.addProperty(ControlProtocol.TYPE, type);
    requireNotEnding();
    try {
      channel.write(arguments, payload);
    } catch (IOException e) {
      throw notTaken();
    } catch (IllegalArgumentException e) {
      throw PoolException.badRequest(
          "too much for one request; do it in several steps: " + e.getMessage());
    }
  }

  /** A server that takes no more says why, after the answers that are due. */
  private PoolException notTaken() {
    try {
      while (true) {
        receive();
      }
    } catch (PoolException e) {
      return e;
    }
  }

  /** The next frame of the answer that is due. */
  Frame receive() {
    requireNotEnding();
    Frame frame;
    try {
      frame = channel.read();
    } catch (IOException e) {
      throw lost(e);
    }
    if (frame == null) {
      throw lost(null);
    }
    try {
      RemoteErrors.check(frame.header());
    } catch (ServerEndingException e) {
      ending = e;
      throw e;
    }
    return frame;
  }

  /** The server says it once, for all that comes after. */
  private void requireNotEnding() {
    if (ending != null) {
      throw ending;
    }
  }

  static boolean isLast(Frame frame) {
    return !frame.header().has(ControlProtocol.MORE);
  }

  PoolException lost(IOException cause) {
    String reason = cause == null ? "" : " cause=" + cause.getMessage();
    return new PoolException(
        PoolException.Severity.RETRY,
        "the server of the pool has ended without an answer, so it is not known whether this was"
            + " done, and what was not flushed may be lost; look at the pool and at the server's"
            + " log, and try again if need be: pool="
            + folder
            + reason,
        cause);
  }

  @Override
  public void close() {
    channel.close();
  }
}
