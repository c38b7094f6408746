// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client from its arrival to its end, on the thread that runs this. Whatever the client does
 * ends at the most this connection. {@link #stop}, {@link #abort} and {@link #isOverdue} may be
 * called by any thread.
 */
final class Connection implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private final SocketChannel channel;
  private final TlsUpgrade tls;
  private final ServerParts parts;
  private final Consumer<Connection> atEnd;
  private final ChannelTransport transport;
  private final long startNanos = System.nanoTime();
  private volatile boolean haggling = true;

  Connection(SocketChannel channel, TlsUpgrade tls, ServerParts parts, Consumer<Connection> atEnd) {
    this.channel = channel;
    this.tls = tls;
    this.parts = parts;
    this.atEnd = atEnd;
    this.transport = new ChannelTransport(channel, parts.lookouts());
  }

  @Override
  public void run() {
    try {
      serve();
    } catch (ProtocolViolation e) {
      LOG.debug("client disconnected for what it did: {}: {}", channel, e.getMessage());
    } catch (IOException e) {
      LOG.debug("client lost: {}: {}", channel, e.toString());
    } catch (RuntimeException | Error e) {
      LOG.warn("client dropped after a failure: {}", channel, e);
    } finally {
      transport.close();
      atEnd.accept(this);
    }
  }

  private void serve() throws IOException {
    Wire wire = new Wire(transport);
    OptionHaggling options = new OptionHaggling(wire, parts, tls);
    try (NbdExport export = options.run()) {
      haggling = false;
      if (export != null) {
        LOG.debug("client uses export {}: {}", export.name(), channel);
        transmit(new Transmission(wire, export, options.structured(), parts), wire, export);
      }
      wire.transport().endOutput();
    } catch (ProtocolViolation e) {
      if (haggling) {
        wire.transport().lastWords();
      }
      throw e;
    }
  }

  /** The device stays open until the last worker is through with it. */
  private void transmit(Transmission transmission, Wire wire, NbdExport export) throws IOException {
    try {
      transmission.run();
    } catch (ProtocolViolation e) {
      wire.transport().lastWords(); // now, as closing is what frees workers
      transport.close();
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      transport.close();
      throw e;
    } finally {
      transmission.awaitWorkers();
    }
    if (parts.stopping().getAsBoolean()) {
      flush(export);
    }
  }

  private static void flush(NbdExport export) {
    try {
      export.device().flush();
    } catch (PoolException e) {
      LOG.warn("export was not flushed at the end: {}", export.name(), e);
    }
  }

  /** Whether the client has still not chosen an export after so long. */
  boolean isOverdue(long timeoutNanos) {
    return haggling && System.nanoTime() - startNanos > timeoutNanos;
  }

  /** Takes no more from the client; what was begun is finished, then the connection ends. */
  void stop() {
    transport.endInput();
  }

  /** Ends the connection wherever it is. */
  void abort() {
    transport.close();
  }
}
