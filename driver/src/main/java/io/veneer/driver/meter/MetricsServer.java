// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.meter;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.veneer.driver.socket.TcpAddress;
import io.veneer.thinpool.PoolException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Shows meters at {@code http://HOST:PORT/metrics}, to everybody who can connect. Any thread may
 * ask and close.
 */
public final class MetricsServer implements AutoCloseable {
  private static final int REQUEST_BYTES_MAX = 16 << 10;
  private static final int IDLE_SECONDS = 120;
  private static final int END_SECONDS = 2;

  private final EventLoopGroup network =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private Channel listening;

  private MetricsServer() {}

  /**
   * Starts to serve; monitors can connect when this returns.
   *
   * @param address where to listen; port 0 for any free one
   * @param meters what to show
   * @return the server, to be closed
   * @throws PoolException if the address cannot be listened on
   */
  public static MetricsServer start(InetSocketAddress address, Meters meters) {
    MetricsServer server = new MetricsServer();
    try {
      server.listen(address, meters);
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void listen(InetSocketAddress address, Meters meters) {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(network)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    connections.add(channel);
                    channel
                        .pipeline()
                        .addLast(
                            new ReadTimeoutHandler(IDLE_SECONDS),
                            new HttpServerCodec(),
                            new HttpObjectAggregator(REQUEST_BYTES_MAX),
                            new MetricsPage(meters));
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw TcpAddress.refused(address, bound.cause());
    }
    listening = bound.channel();
  }

  /**
   * Tells where it listens.
   *
   * @return the address with the real port
   */
  public InetSocketAddress address() {
    return (InetSocketAddress) listening.localAddress();
  }

  /**
   * Counts the monitors.
   *
   * @return how many are connected now
   */
  public int connectionCount() {
    return connections.size();
  }

  /** Stops at once. Idempotent. */
  @Override
  public void close() {
    network.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
