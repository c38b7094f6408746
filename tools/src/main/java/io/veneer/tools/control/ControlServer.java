// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import io.veneer.driver.socket.SocketFile;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers veneer commands over a socket in the pool's folder, mode 0600. Each client has a thread;
 * one that is slow, silent or hostile holds up nobody else, and takes 320 KiB of memory at the
 * most, but for the few long requests that are taken at a time.
 *
 * <p>One thread starts and closes it; any thread may ask. The pool belongs to the caller.
 */
public final class ControlServer implements AutoCloseable {
  /** The name of the control socket beside those of the doors. */
  public static final String DOOR_NAME = "control";

  /** The name of the control socket in the pool's folder. */
  public static final String SOCKET_NAME = ControlProtocol.SOCKET_NAME;

  private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
  private static final int CONNECTIONS_MAX = 256;
  private static final int LARGE_HEADERS_MAX = 4;
  private static final int STACK_BYTES = 512 << 10;
  private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_ROUND_MILLIS = 1000;
  private static final long CLOSE_MILLIS = 10_000;
  private static final long ABORT_MILLIS = 1000;
  private static final long PAUSE_MILLIS = 100;

  private final SocketFile socket;
  private final ControlRequests requests;
  private final Claims claims = new Claims();
  private final LargeHeaders largeHeaders = new LargeHeaders(LARGE_HEADERS_MAX);
  private final Set<ControlConnection> connections = ConcurrentHashMap.newKeySet();
  private final Thread acceptor = daemon(this::acceptAll, "control-acceptor");
  private final Thread lookout = daemon(this::lookRound, "control-lookout");
  private volatile boolean stopping;

  private ControlServer(SocketFile socket, ControlRequests requests) {
    this.socket = socket;
    this.requests = requests;
  }

  /**
   * The types of request that every pool answers, to which others can be added.
   *
   * @param pool the pool
   * @return the requests
   */
  public static ControlRequests requests(ThinPool pool) {
    ControlRequests requests = new ControlRequests();
    new PoolRequests(pool).addTo(requests);
    new DeviceRequests(pool).addTo(requests);
    return requests;
  }

  /**
   * Starts to answer; commands can connect when this returns.
   *
   * @param folder the pool's folder; the caller holds the pool's lock
   * @param requests what is answered
   * @return the server, to be closed before the pool
   * @throws PoolException if the socket cannot be made
   */
  public static ControlServer start(Path folder, ControlRequests requests) {
    Path path = folder.resolve(ControlProtocol.SOCKET_NAME);
    ControlServer server = new ControlServer(SocketFile.listenAnywhere(path), requests);
    server.acceptor.start();
    server.lookout.start();
    return server;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(null, task, name, STACK_BYTES);
    thread.setDaemon(true);
    return thread;
  }

  private void acceptAll() {
    while (!stopping) {
      try {
        take(socket.channel().accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException | Error e) {
        // Most likely out of descriptors or threads: some are free when clients have gone.
        LOG.warn("control client could not be served: {}", e.toString());
        pause(PAUSE_MILLIS);
      }
    }
  }

  private void take(SocketChannel client) {
    FrameChannel channel = new FrameChannel(client, largeHeaders);
    ControlConnection connection =
        new ControlConnection(channel, requests, claims, connections::remove);
    if (connections.size() >= CONNECTIONS_MAX) {
      turnAway(channel);
      return;
    }
    connections.add(connection);
    try {
      daemon(connection, "control-client").start();
    } catch (Error e) {
      connection.abort();
      connections.remove(connection);
      throw e;
    }
    if (stopping) {
      connection.stop();
    }
  }

  /** What is sent fits into the fresh socket, so this waits for nobody. */
  private static void turnAway(FrameChannel channel) {
    LOG.warn("control client turned away, there are too many: connections={}", CONNECTIONS_MAX);
    try (channel) {
      channel.turnAway(
          RemoteErrors.answer(
              PoolException.badRequest(
                  "too many commands are at this pool at once; try again: max="
                      + CONNECTIONS_MAX)));
    } catch (IOException e) {
      LOG.debug("control client had gone already: {}", e.toString());
    }
  }

  private void lookRound() {
    while (!stopping) {
      for (ControlConnection connection : connections) {
        if (connection.isStalled(STALL_NANOS)) {
          LOG.debug("control client stalled in the middle of a frame");
          connection.abort();
        }
      }
      pause(LOOK_ROUND_MILLIS);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Where commands connect.
   *
   * @return the socket's path
   */
  public Path path() {
    return socket.path();
  }

  /**
   * Counts the clients.
   *
   * @return how many are connected now
   */
  public int connectionCount() {
    return connections.size();
  }

  /**
   * Stops: takes no new clients or requests, removes the socket, finishes what was begun. Takes no
   * longer than eleven seconds; then clients are cut off. Idempotent.
   */
  @Override
  public void close() {
    stopping = true;
    lookout.interrupt();
    try {
      socket.close();
    } catch (IOException e) {
      LOG.warn("control socket was not removed: {}", e.toString());
    }
    connections.forEach(ControlConnection::stop);
    if (!awaitClients(CLOSE_MILLIS)) {
      LOG.warn("control clients cut off: count={}", connections.size());
      connections.forEach(ControlConnection::abort);
      awaitClients(ABORT_MILLIS);
    }
  }

  private boolean awaitClients(long millis) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!connections.isEmpty() && System.nanoTime() < deadline) {
      pause(1);
    }
    return connections.isEmpty();
  }
}
