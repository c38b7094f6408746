// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another transport, encrypted. The reader unwraps straight into the caller's buffer where that has
 * room for a record. Wrapping is guarded by a lock, since the reader has to answer what the
 * protocol itself asks while somebody writes.
 */
final class TlsTransport implements Transport {
  private static final Logger LOG = LoggerFactory.getLogger(TlsTransport.class);
  private static final int RECORDS_AT_ONCE = 4;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Transport inner;
  private final SSLEngine engine;
  private final int recordBytes;

  /** Encrypted, from the client; ready to be read. */
  private final ByteBuffer encryptedIn;

  /** Decrypted, but not taken yet; ready to be read. */
  private final ByteBuffer plainIn;

  private final ReentrantLock wrapping = new ReentrantLock();

  /** Encrypted, for the client; ready to be written to. Guarded by the lock, as is the array. */
  private final ByteBuffer encryptedOut;

  private final ByteBuffer[] sent = new ByteBuffer[1];

  TlsTransport(Transport inner, SSLEngine engine) {
    this.inner = inner;
    this.engine = engine;
    this.recordBytes = engine.getSession().getPacketBufferSize();
    this.encryptedIn = ByteBuffer.allocateDirect(RECORDS_AT_ONCE * recordBytes).limit(0);
    this.plainIn = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).limit(0);
    this.encryptedOut = ByteBuffer.allocateDirect(RECORDS_AT_ONCE * recordBytes);
  }

  /** Agrees on keys; before anything else. */
  void handshake() throws IOException {
    engine.beginHandshake();
    HandshakeStatus status = engine.getHandshakeStatus();
    while (status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED) {
      if (status == HandshakeStatus.NEED_WRAP) {
        wrap(NOTHING);
      } else if (status == HandshakeStatus.NEED_TASK) {
        runTasks();
      } else if (unwrap(plainIn.clear()) < 0) {
        throw new ProtocolViolation("client left during the TLS handshake");
      } else {
        plainIn.flip();
      }
      status = engine.getHandshakeStatus();
    }
    plainIn.limit(plainIn.position());
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    while (!plainIn.hasRemaining()) {
      boolean direct = target.remaining() >= plainIn.capacity();
      int bytes = unwrap(direct ? target : plainIn.clear());
      if (!direct) {
        plainIn.flip();
      }
      answerProtocol();
      if (bytes < 0 || direct && bytes > 0) {
        return bytes;
      }
    }
    int bytes = Math.min(plainIn.remaining(), target.remaining());
    target.put(target.position(), plainIn, plainIn.position(), bytes);
    target.position(target.position() + bytes);
    plainIn.position(plainIn.position() + bytes);
    return bytes;
  }

  /** Unwraps one record, which may hold no data; -1 at the end of input. */
  private int unwrap(ByteBuffer target) throws IOException {
    SSLEngineResult result = engine.unwrap(encryptedIn, target);
    while (result.getStatus() == Status.BUFFER_UNDERFLOW) {
      if (!receive()) {
        return -1;
      }
      result = engine.unwrap(encryptedIn, target);
    }
    return result.getStatus() == Status.CLOSED ? -1 : result.bytesProduced();
  }

  private boolean receive() throws IOException {
    encryptedIn.compact();
    try {
      return inner.read(encryptedIn) >= 0;
    } finally {
      encryptedIn.flip();
    }
  }

  /** Does what a record asked for that was not data, such as new keys. */
  private void answerProtocol() throws IOException {
    HandshakeStatus status = engine.getHandshakeStatus();
    while (status == HandshakeStatus.NEED_TASK || status == HandshakeStatus.NEED_WRAP) {
      if (status == HandshakeStatus.NEED_TASK) {
        runTasks();
      } else if (!wrap(NOTHING)) {
        return;
      }
      status = engine.getHandshakeStatus();
    }
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  @Override
  public void write(ByteBuffer[] sources, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      if (!wrap(sources[i])) {
        throw new IOException("TLS was closed by the client");
      }
    }
  }

  /** Wraps and sends all of a buffer, at least one record; false if TLS has ended. */
  private boolean wrap(ByteBuffer source) throws IOException {
    wrapping.lock();
    try {
      Status status;
      do {
        status = engine.wrap(source, encryptedOut).getStatus();
        if (status != Status.OK || encryptedOut.remaining() < recordBytes) {
          sendEncrypted();
        }
      } while (source.hasRemaining() && status != Status.CLOSED);
      sendEncrypted();
      return status != Status.CLOSED;
    } finally {
      wrapping.unlock();
    }
  }

  private void sendEncrypted() throws IOException {
    if (encryptedOut.position() > 0) {
      sent[0] = encryptedOut.flip();
      inner.write(sent, 1);
      encryptedOut.clear();
    }
  }

  @Override
  public void endOutput() throws IOException {
    engine.closeOutbound();
    wrap(NOTHING);
  }

  /** Sends the alert that is due, or else the one which says that nothing more comes. */
  @Override
  public void lastWords() {
    if (!wrapping.tryLock()) {
      return; // whoever has it may wait for the client for ever
    }
    try {
      engine.closeOutbound();
      encryptedOut.clear();
      while (engine.wrap(NOTHING, encryptedOut).bytesProduced() > 0) {
        // until the engine has said all
      }
      inner.offer(encryptedOut.flip());
    } catch (SSLException e) {
      LOG.debug("client did not hear of its end: {}", e.toString());
    } finally {
      wrapping.unlock();
    }
  }

  @Override
  public void endInput() {
    inner.endInput();
  }

  @Override
  public void close() {
    inner.close();
  }
}
