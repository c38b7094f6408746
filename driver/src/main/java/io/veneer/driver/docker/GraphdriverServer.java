// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.meter.RequestMeter;
import io.veneer.driver.socket.SocketPlace;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Serves a driver to Docker as a graphdriver plugin, which Docker has up to version 27. Any thread
 * may close it.
 *
 * <p>Network threads only pass messages on; calls run on workers. What a call was answered is
 * durable, as the driver says. Does not own the driver, and serves all that is in it: give it an
 * {@link io.veneer.driver.owner.OwnedDriver}.
 */
public final class GraphdriverServer implements AutoCloseable {
  private static final int WORKERS_MAX = 128;
  private static final int WORKER_IDLE_SECONDS = 30;
  private static final int NETWORK_THREADS = 2;
  private static final int END_SECONDS = 5;

  private final SocketPlace place;
  private final EventLoopGroup network;
  private final ExecutorService workers;
  private final PluginWork work;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private Channel listening;

  private GraphdriverServer(SocketPlace place, GraphdriverService service, RequestMeter meter) {
    this.place = place;
    network = new MultiThreadIoEventLoopGroup(NETWORK_THREADS, NioIoHandler.newFactory());
    workers = workers();
    work = new PluginWork(service, workers, meter);
  }

  /**
   * Starts to serve; dockerd can connect when this returns.
   *
   * @param socket where the socket is made, with mode 0600; what a dead server left there is
   *     replaced. Docker looks for {@code /run/docker/plugins/NAME.sock}
   * @param driver the layers to serve; must stay open until the server is closed
   * @param status what {@code docker info} shows beside the driver's name; asked each time
   * @param meter is told of each call
   * @return the server, to be closed
   * @throws io.veneer.thinpool.PoolException if the path is taken, too long, or cannot be written
   */
  public static GraphdriverServer start(
      Path socket, StorageDriver driver, Supplier<List<StatusRow>> status, RequestMeter meter) {
    GraphdriverServer server =
        new GraphdriverServer(
            SocketPlace.prepare(socket), new GraphdriverService(driver, status), meter);
    try {
      server.listen();
      server.place.publish();
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void listen() {
    listening =
        new ServerBootstrap()
            .group(network)
            .channel(NioServerDomainSocketChannel.class)
            .childHandler(new Connections())
            .bind(place.hidden())
            .syncUninterruptibly()
            .channel();
  }

  private final class Connections extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      connections.add(channel);
      channel
          .pipeline()
          .addLast(
              new HttpServerCodec(),
              new HttpServerExpectContinueHandler(),
              new PluginHandler(work));
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
            GraphdriverServer::worker);
    workers.allowCoreThreadTimeOut(true);
    return workers;
  }

  private static Thread worker(Runnable task) {
    Thread thread = new Thread(task, "docker-call");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Counts the clients.
   *
   * @return how many connections are open now
   */
  public int connectionCount() {
    return connections.size();
  }

  /**
   * Stops: takes no new calls, lets those that run end for a few seconds, removes the socket.
   * Idempotent.
   */
  @Override
  public void close() {
    if (listening != null) {
      listening.close().awaitUninterruptibly();
    }
    place.close();
    workers.shutdown();
    try {
      workers.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connections.close().awaitUninterruptibly();
    network.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
