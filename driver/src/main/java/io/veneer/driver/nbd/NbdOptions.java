// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLContext;

/**
 * How an NBD server serves. At least one of the two addresses is needed; TCP needs TLS, or to be
 * called insecure. TLS is by certificates only: Java's TLS has no pre-shared keys.
 *
 * @param socket path of the unix socket, made with mode 0600; null for none
 * @param address TCP address, port 0 for any free one; null for none
 * @param tls keys and certificates for TCP clients, which are served nothing in clear then; see
 *     {@link TlsCertificates}; null for none
 * @param requireClientCertificate whether TLS clients must show a certificate that {@code tls}
 *     trusts
 * @param insecure serve TCP in clear, to whoever comes
 * @param readOnly serve every export read-only
 * @param connectionsMax how many clients at once; those beyond are turned away
 * @param workersMax how many requests of all clients wait for disks at once, at most
 * @param workerBufferBytesMax memory for the payloads of such requests; each connection takes 136
 *     KiB besides
 * @param handshakeTimeout how long a client may take to choose an export
 * @param shutdownTimeout how long closing waits for requests that were begun
 */
public record NbdOptions(
    Path socket,
    InetSocketAddress address,
    SSLContext tls,
    boolean requireClientCertificate,
    boolean insecure,
    boolean readOnly,
    int connectionsMax,
    int workersMax,
    long workerBufferBytesMax,
    Duration handshakeTimeout,
    Duration shutdownTimeout) {

  private static final int CONNECTIONS_MAX = 1024;
  private static final int WORKERS_MAX = 256;
  private static final long WORKER_BUFFER_BYTES_MAX = 96L << 20;
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(10);

  /**
   * Checks that the options go together.
   *
   * @throws IllegalArgumentException if they do not
   */
  public NbdOptions {
    require(socket != null || address != null, "neither a socket nor an address to listen on");
    require(
        address == null || tls != null || insecure,
        "TCP needs TLS certificates, or to be called insecure");
    require(tls == null || !insecure, "TLS and insecure exclude each other");
    require(connectionsMax > 0, "connectionsMax must be positive");
    require(workersMax > 0, "workersMax must be positive");
    require(workerBufferBytesMax >= 0, "workerBufferBytesMax must not be negative");
    Objects.requireNonNull(handshakeTimeout);
    Objects.requireNonNull(shutdownTimeout);
  }

  private static void require(boolean right, String message) {
    if (!right) {
      throw new IllegalArgumentException(message);
    }
  }

  /**
   * Begins to put options together.
   *
   * @return options with usual limits and no address yet
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Puts options together. One thread. */
  public static final class Builder {
    private Path socket;
    private InetSocketAddress address;
    private SSLContext tls;
    private boolean requireClientCertificate;
    private boolean insecure;
    private boolean readOnly;
    private int connectionsMax = CONNECTIONS_MAX;
    private int workersMax = WORKERS_MAX;
    private long workerBufferBytesMax = WORKER_BUFFER_BYTES_MAX;
    private Duration handshakeTimeout = HANDSHAKE_TIMEOUT;
    private Duration shutdownTimeout = SHUTDOWN_TIMEOUT;

    private Builder() {}

    /**
     * Serves on a unix socket.
     *
     * @param path where it is made; what a dead server left there is replaced
     * @return this
     */
    public Builder socket(Path path) {
      socket = path;
      return this;
    }

    /**
     * Serves on a TCP address.
     *
     * @param tcp address and port
     * @return this
     */
    public Builder address(InetSocketAddress tcp) {
      address = tcp;
      return this;
    }

    /**
     * Has TCP clients use TLS.
     *
     * @param context the server's certificate, and the authorities it trusts
     * @param requireCertificate whether clients must show a certificate
     * @return this
     */
    public Builder tls(SSLContext context, boolean requireCertificate) {
      tls = context;
      requireClientCertificate = requireCertificate;
      return this;
    }

    /**
     * Serves TCP clients in clear.
     *
     * @param on whether to
     * @return this
     */
    public Builder insecure(boolean on) {
      insecure = on;
      return this;
    }

    /**
     * Serves every export read-only.
     *
     * @param on whether to
     * @return this
     */
    public Builder readOnly(boolean on) {
      readOnly = on;
      return this;
    }

    /**
     * Limits the clients.
     *
     * @param connections how many at once, 1024 if not said
     * @return this
     */
    public Builder connectionsMax(int connections) {
      connectionsMax = connections;
      return this;
    }

    /**
     * Limits the workers.
     *
     * @param threads how many at once, 256 if not said
     * @param bufferBytes memory for payloads, 96 MiB if not said
     * @return this
     */
    public Builder workers(int threads, long bufferBytes) {
      workersMax = threads;
      workerBufferBytesMax = bufferBytes;
      return this;
    }

    /**
     * Limits the handshake.
     *
     * @param longest time until a client has chosen an export, 60 s if not said
     * @return this
     */
    public Builder handshakeTimeout(Duration longest) {
      handshakeTimeout = longest;
      return this;
    }

    /**
     * Limits closing.
     *
     * @param longest time to finish what was begun, 10 s if not said
     * @return this
     */
    public Builder shutdownTimeout(Duration longest) {
      shutdownTimeout = longest;
      return this;
    }

    /**
     * Checks what was put together.
     *
     * @return the options
     * @throws IllegalArgumentException if they do not go together
     */
    public NbdOptions build() {
      return new NbdOptions(
          socket,
          address,
          tls,
          requireClientCertificate,
          insecure,
          readOnly,
          connectionsMax,
          workersMax,
          workerBufferBytesMax,
          handshakeTimeout,
          shutdownTimeout);
    }
  }
}
