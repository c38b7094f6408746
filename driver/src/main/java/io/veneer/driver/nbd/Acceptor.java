// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for clients at one address, on a thread of its own, until closed. Owns what it closes. */
final class Acceptor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
  private static final long PAUSE_MILLIS = 100;

  /** What is done with clients. */
  interface Taker {
    /**
     * Takes a client's channel; must not keep the thread. If it fails in whatever way, the channel
     * is closed, and all it has to undo is what it did beside.
     */
    void take(SocketChannel client) throws IOException;
  }

  private final ServerSocketChannel channel;
  private final AutoCloseable owner;
  private final Taker taker;
  private final Thread thread;

  /**
   * Prepares to accept.
   *
   * @param owner closes the channel
   * @param taker takes each client's channel
   */
  Acceptor(ServerSocketChannel channel, AutoCloseable owner, Taker taker) {
    this.channel = channel;
    this.owner = owner;
    this.taker = taker;
    this.thread = new Thread(this::run, "nbd-acceptor");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  SocketAddress address() throws IOException {
    return channel.getLocalAddress();
  }

  private void run() {
    boolean open = true;
    while (open) {
      open = acceptOne();
    }
  }

  /** False when there is nothing to accept from any more. */
  private boolean acceptOne() {
    try {
      hand(channel.accept());
      return true;
    } catch (ClosedChannelException e) {
      return false;
    } catch (IOException | RuntimeException | Error e) {
      // Most likely out of file descriptors or memory: some is free again when clients have gone.
      LOG.warn("client could not be accepted: {}", e.toString());
      return pause();
    }
  }

  /** What goes wrong with one client must not keep others out: nobody else would accept them. */
  private void hand(SocketChannel client) {
    try {
      taker.take(client);
    } catch (IOException | RuntimeException | Error e) {
      close(client, e);
      LOG.warn("client could not be served: {}", e.toString());
    }
  }

  private static void close(SocketChannel client, Throwable reason) {
    try {
      client.close();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      owner.close();
    } catch (Exception e) {
      LOG.warn("listening did not end cleanly: {}", e.toString());
    }
  }
}
