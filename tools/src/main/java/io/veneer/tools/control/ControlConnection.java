// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the control socket from its arrival to its end, on the thread that runs this.
 * Whatever the client does ends at the most this connection. {@link #stop}, {@link #abort} and
 * {@link #isStalled} may be called by any thread.
 */
final class ControlConnection implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlConnection.class);

  private final FrameChannel channel;
  private final ControlRequests requests;
  private final Claims claims;
  private final Consumer<ControlConnection> atEnd;
  private volatile boolean stopping;

  ControlConnection(
      FrameChannel channel,
      ControlRequests requests,
      Claims claims,
      Consumer<ControlConnection> atEnd) {
    this.channel = channel;
    this.requests = requests;
    this.claims = claims;
    this.atEnd = atEnd;
  }

  @Override
  public void run() {
    try (ClientHoldings holdings = new ClientHoldings(claims)) {
      serve(holdings);
    } catch (ProtocolViolation e) {
      LOG.debug("control client disconnected for what it did: {}", e.getMessage());
    } catch (IOException e) {
      LOG.debug("control client lost: {}", e.toString());
    } catch (RuntimeException | Error e) {
      LOG.warn("control client dropped after a failure", e);
    } finally {
      channel.close();
      atEnd.accept(this);
    }
  }

  private void serve(ClientHoldings holdings) throws IOException {
    if (!isGreeted()) {
      return; // our greeting tells the client which version would do
    }
    for (Frame frame = next(); frame != null; frame = next()) {
      serve(frame, holdings);
    }
    if (stopping) {
      channel.write(
          RemoteErrors.answer(
              new ServerEndingException(
                  "the server of the pool was told to end, and did not begin this; try again")));
    }
  }

  private boolean isGreeted() throws IOException {
    try {
      return channel.greet() == ControlProtocol.VERSION;
    } catch (IOException e) {
      return stopped(e);
    }
  }

  /** The next request, or null when none is taken any more. */
  private Frame next() throws IOException {
    try {
      return channel.read();
    } catch (IOException e) {
      stopped(e);
      return null;
    }
  }

  /** What is cut short because we stop was not begun. */
  private boolean stopped(IOException failure) throws IOException {
    if (stopping) {
      return true;
    }
    throw failure;
  }

  private void serve(Frame frame, ClientHoldings holdings) throws IOException {
    try {
      Request request = new Request(frame, channel, holdings);
      requests.handler(type(frame.header())).handle(request);
    } catch (RuntimeException e) {
      LOG.debug("request failed", e);
      channel.write(RemoteErrors.answer(e));
    }
  }

  private static String type(JsonObject header) throws ProtocolViolation {
    JsonElement type = header.get(ControlProtocol.TYPE);
    if (type == null || !type.isJsonPrimitive()) {
      throw new ProtocolViolation("a request has no type");
    }
    return type.getAsString();
  }

  /** Whether the client has kept us waiting so long in the middle of a frame. */
  boolean isStalled(long timeoutNanos) {
    return channel.stalledNanos() > timeoutNanos;
  }

  /**
   * Takes no more requests; what was begun is finished and answered. What comes or came later gets
   * one answer for all, that it was not begun: it is sent unasked, and the client finds it where it
   * looks for the answer to its next request, which it may be unable to send by then.
   */
  void stop() {
    stopping = true;
    channel.endInput();
  }

  /** Ends the connection wherever it is. */
  void abort() {
    channel.close();
  }
}
