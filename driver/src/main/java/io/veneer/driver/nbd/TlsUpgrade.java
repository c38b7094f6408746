// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.io.IOException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * What TLS means to one connection: there is none, or nothing else is served before it was started.
 * One thread.
 */
final class TlsUpgrade {
  private final SSLContext context;
  private final boolean requireClientCertificate;
  private boolean started;

  /** Without a context there is no TLS. */
  TlsUpgrade(SSLContext context, boolean requireClientCertificate) {
    this.context = context;
    this.requireClientCertificate = requireClientCertificate;
  }

  boolean isPossible() {
    return context != null;
  }

  /** Whether the client must start TLS before anything else. */
  boolean isMissing() {
    return context != null && !started;
  }

  /** Goes on encrypted. What was sent in clear after the option could be from anybody. */
  void upgrade(Wire wire) throws IOException {
    if (wire.in().has(1)) {
      throw new ProtocolViolation("client went on in clear after it had started TLS");
    }
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    engine.setNeedClientAuth(requireClientCertificate);
    TlsTransport encrypted = new TlsTransport(wire.transport(), engine);
    try {
      encrypted.handshake();
    } catch (SSLException e) {
      encrypted.lastWords();
      throw e;
    }
    wire.use(encrypted);
    started = true;
  }
}
