// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.driver.socket.SocketFile;
import io.veneer.driver.socket.TcpAddress;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves exports to NBD clients: fixed newstyle, with structured replies, block status and TLS.
 *
 * <p>Each client has a thread that reads its requests and does what is quick; a shared set of
 * workers does the rest ({@link Transmission}). A client keeps the device that it opened until it
 * goes: an export that is renamed or removed meanwhile stays usable to it, and a new size is seen
 * by clients that come later.
 *
 * <p>Any thread may ask and close. Everything that was answered is in the device; what was flushed
 * is durable.
 */
public final class NbdServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NbdServer.class);
  private static final int STACK_BYTES = 256 << 10;
  private static final int BACKLOG = 1024;
  private static final long LOOK_ROUND_MILLIS = 500;
  private static final long WAIT_MILLIS = 10;
  private static final long ABORT_MILLIS = 1000;

  private final NbdOptions options;
  private final ServerParts parts;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final List<Acceptor> acceptors = new ArrayList<>();
  private final ScheduledExecutorService lookout;
  private volatile boolean stopping;
  private InetSocketAddress address;
  private boolean closed;

  private NbdServer(ExportSource source, NbdOptions options) {
    this.options = options;
    Workers workers = new Workers(options.workersMax(), options.workerBufferBytesMax());
    BriefWait.Lookouts lookouts = BriefWait.Lookouts.leavingOneProcessor();
    this.parts = new ServerParts(source, options, workers, lookouts, () -> stopping);
    this.lookout = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "nbd-lookout"));
  }

  /**
   * Starts to serve; clients can connect when this returns.
   *
   * @param source what to serve; must stay usable until the server is closed
   * @param options how
   * @return the server, to be closed
   * @throws PoolException if an address cannot be listened on, with what to do about it
   */
  public static NbdServer start(ExportSource source, NbdOptions options) {
    NbdServer server = new NbdServer(source, options);
    try {
      server.listen();
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    server.acceptors.forEach(Acceptor::start);
    server.lookRoundAtTimes();
    return server;
  }

  private void listen() {
    if (options.socket() != null) {
      SocketFile file = SocketFile.listen(options.socket());
      acceptors.add(new Acceptor(file.channel(), file, client -> take(client, null)));
    }
    if (options.address() != null) {
      listenOnTcp();
    }
  }

  private void listenOnTcp() {
    try {
      ServerSocketChannel channel = ServerSocketChannel.open();
      acceptors.add(new Acceptor(channel, channel, client -> take(client, options.tls())));
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(options.address(), BACKLOG);
      address = (InetSocketAddress) channel.getLocalAddress();
    } catch (IOException | RuntimeException e) {
      throw TcpAddress.refused(options.address(), e);
    }
  }

  private void lookRoundAtTimes() {
    lookout.scheduleWithFixedDelay(
        this::dropOverdue, LOOK_ROUND_MILLIS, LOOK_ROUND_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void dropOverdue() {
    long timeout = options.handshakeTimeout().toNanos();
    for (Connection connection : connections) {
      if (connection.isOverdue(timeout)) {
        LOG.debug("client chose no export in time");
        connection.abort();
      }
    }
  }

  private void take(SocketChannel client, SSLContext tls) throws IOException {
    TlsUpgrade upgrade = new TlsUpgrade(tls, options.requireClientCertificate());
    Connection connection = new Connection(client, upgrade, parts, connections::remove);
    if (connections.size() >= options.connectionsMax()) {
      LOG.warn("client turned away, there are too many: connectionsMax={}", connections.size());
      connection.abort();
      return;
    }
    connections.add(connection);
    try {
      prepare(client);
      serve(connection);
    } catch (IOException | RuntimeException | Error e) {
      connections.remove(connection); // there is no thread of its own that would
      throw e;
    }
    if (stopping) {
      connection.stop();
    }
  }

  private static void prepare(SocketChannel client) throws IOException {
    if (client.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      client.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    }
  }

  private static void serve(Connection connection) {
    Thread thread = new Thread(null, connection, "nbd-client", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Tells the TCP address that is served.
   *
   * @return the address with the real port, or empty if there is none
   */
  public Optional<InetSocketAddress> address() {
    return Optional.ofNullable(address);
  }

  /**
   * Counts the clients.
   *
   * @return how many are connected now
   */
  public int connectionCount() {
    return connections.size();
  }

  Workers workers() {
    return parts.workers();
  }

  /**
   * Stops: takes no new clients or requests, removes the socket, finishes and flushes what was
   * begun, and disconnects the clients. Takes no longer than the shutdown timeout and a second;
   * then clients are cut off. Idempotent.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    stopping = true;
    lookout.shutdownNow();
    acceptors.forEach(Acceptor::close);
    connections.forEach(Connection::stop);
    if (!awaitClients(options.shutdownTimeout().toMillis())) {
      LOG.warn("clients cut off at shutdown: count={}", connections.size());
      connections.forEach(Connection::abort);
      awaitClients(ABORT_MILLIS);
    }
    parts.workers().close();
  }

  private boolean awaitClients(long millis) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!connections.isEmpty() && System.nanoTime() < deadline) {
      try {
        Thread.sleep(WAIT_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return connections.isEmpty();
  }
}
