// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.veneer.driver.DriverException;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.meter.RequestMeter;
import io.veneer.driver.socket.SocketPlace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Serves a driver to containerd as a proxy snapshotter. Any thread may close it.
 *
 * <p>Network threads only pass messages on; calls run on workers, so that one that waits for the
 * disk keeps no other waiting. What a call was answered is durable, as the driver says. Does not
 * own the driver.
 *
 * <p>containerd removes every snapshot that it is shown and does not know. So the driver must be
 * one that shows what this containerd made and nothing else: an {@link
 * io.veneer.driver.owner.OwnedDriver}.
 */
public final class SnapshotterServer implements AutoCloseable {
  /** What containerd itself allows for a message, in both directions. */
  private static final int MESSAGE_BYTES_MAX = 16 << 20;

  private static final int WORKERS_MAX = 128;
  private static final int WORKER_IDLE_SECONDS = 30;
  private static final int NETWORK_THREADS = 2;
  private static final int END_SECONDS = 5;

  private final SocketPlace place;
  private final EventLoopGroup network;
  private final ExecutorService workers;
  private final BackgroundCleanup cleanup;
  private final OpenConnections connections = new OpenConnections();
  private final Server server;

  private SnapshotterServer(SocketPlace place, StorageDriver driver, RequestMeter meter) {
    this.place = place;
    network = new MultiThreadIoEventLoopGroup(NETWORK_THREADS, NioIoHandler.newFactory());
    workers = workers();
    cleanup = new BackgroundCleanup(driver::cleanup);
    server =
        NettyServerBuilder.forAddress(place.hidden(), InsecureServerCredentials.create())
            .channelType(NioServerDomainSocketChannel.class)
            .bossEventLoopGroup(network)
            .workerEventLoopGroup(network)
            .executor(workers)
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .addService(new SnapshotService(driver, cleanup))
            .intercept(new CallRecorder(meter))
            .addTransportFilter(connections)
            .build();
  }

  /**
   * Starts to serve; containerd can connect when this returns.
   *
   * @param socket where the socket is made, with mode 0600; what a dead server left there is
   *     replaced
   * @param driver the snapshots to serve; must stay open until the server is closed
   * @param meter is told of each call
   * @return the server, to be closed
   * @throws io.veneer.thinpool.PoolException if the path is taken, too long, or cannot be written
   */
  public static SnapshotterServer start(Path socket, StorageDriver driver, RequestMeter meter) {
    SnapshotterServer server = new SnapshotterServer(SocketPlace.prepare(socket), driver, meter);
    try {
      server.server.start();
      server.place.publish();
      return server;
    } catch (IOException e) {
      server.close();
      throw DriverException.io("socket cannot be listened on socket=" + socket, e);
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static ExecutorService workers() {
    ThreadPoolExecutor workers =
        new ThreadPoolExecutor(
            WORKERS_MAX,
            WORKERS_MAX,
            WORKER_IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            SnapshotterServer::worker);
    workers.allowCoreThreadTimeOut(true);
    return workers;
  }

  private static Thread worker(Runnable task) {
    Thread thread = new Thread(task, "containerd-call");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Counts the clients.
   *
   * @return how many connections are open now
   */
  public int connectionCount() {
    return connections.count();
  }

  /**
   * Stops: takes no new calls, lets those that run end for a few seconds, removes the socket. A
   * call that takes longer goes on to its end, but its client does not hear of it. Idempotent.
   */
  @Override
  public void close() {
    server.shutdown();
    place.close();
    try {
      if (!server.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
      cleanup.close();
      workers.shutdown();
      workers.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    network.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
