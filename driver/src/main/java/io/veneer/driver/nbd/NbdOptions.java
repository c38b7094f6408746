// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.driver.meter.DeviceMeter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLContext;

/**
 * How an NBD server serves. At least one of the two addresses is needed; TCP needs TLS, or to be
 * called insecure. TLS is by certificates only: Java's TLS has no pre-shared keys. Unchangeable.
 */
public final class NbdOptions {
  private static final int CONNECTIONS_MAX = 1024;
  private static final int WORKERS_MAX = 256;
  private static final long WORKER_BUFFER_BYTES_MAX = 96L << 20;
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(10);

  private final Path socket;
  private final InetSocketAddress address;
  private final SSLContext tls;
  private final boolean requireClientCertificate;
  private final boolean insecure;
  private final boolean readOnly;
  private final int connectionsMax;
  private final int workersMax;
  private final long workerBufferBytesMax;
  private final Duration handshakeTimeout;
  private final Duration shutdownTimeout;
  private final DeviceMeter meter;

  private NbdOptions(Builder builder) {
    socket = builder.socket;
    address = builder.address;
    tls = builder.tls;
    requireClientCertificate = builder.requireClientCertificate;
    insecure = builder.insecure;
    readOnly = builder.readOnly;
    connectionsMax = builder.connectionsMax;
    workersMax = builder.workersMax;
    workerBufferBytesMax = builder.workerBufferBytesMax;
    handshakeTimeout = Objects.requireNonNull(builder.handshakeTimeout);
    shutdownTimeout = Objects.requireNonNull(builder.shutdownTimeout);
    meter = Objects.requireNonNull(builder.meter);
    require(socket != null || address != null, "neither a socket nor an address to listen on");
    require(
        address == null || tls != null || insecure,
        "TCP needs TLS certificates, or to be called insecure");
    require(tls == null || !insecure, "TLS and insecure exclude each other");
    require(connectionsMax > 0, "connectionsMax must be positive");
    require(workersMax > 0, "workersMax must be positive");
    require(workerBufferBytesMax >= 0, "workerBufferBytesMax must not be negative");
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

  Path socket() {
    return socket;
  }

  InetSocketAddress address() {
    return address;
  }

  SSLContext tls() {
    return tls;
  }

  boolean requireClientCertificate() {
    return requireClientCertificate;
  }

  boolean readOnly() {
    return readOnly;
  }

  int connectionsMax() {
    return connectionsMax;
  }

  int workersMax() {
    return workersMax;
  }

  long workerBufferBytesMax() {
    return workerBufferBytesMax;
  }

  Duration handshakeTimeout() {
    return handshakeTimeout;
  }

  Duration shutdownTimeout() {
    return shutdownTimeout;
  }

  DeviceMeter meter() {
    return meter;
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
    private DeviceMeter meter = new DeviceMeter("nbd");

    private Builder() {}

    /**
     * Serves on a unix socket, made with mode 0600.
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
     * @param tcp address and port, 0 for any free port
     * @return this
     */
    public Builder address(InetSocketAddress tcp) {
      address = tcp;
      return this;
    }

    /**
     * Has TCP clients use TLS; they are served nothing in clear then.
     *
     * @param context the server's certificate, and the authorities it trusts; see {@link
     *     TlsCertificates}
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
     * @param connections how many at once, 1024 if not said; those beyond are turned away
     * @return this
     */
    public Builder connectionsMax(int connections) {
      connectionsMax = connections;
      return this;
    }

    /**
     * Limits the workers, which do what waits for disks.
     *
     * @param threads how many requests of all clients at once, 256 if not said
     * @param bufferBytes memory for their payloads, 96 MiB if not said; each connection takes 136
     *     KiB besides
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
     * Counts the requests.
     *
     * @param told is told of each
     * @return this
     */
    public Builder meter(DeviceMeter told) {
      meter = told;
      return this;
    }

    /**
     * Checks what was put together.
     *
     * @return the options
     * @throws IllegalArgumentException if they do not go together
     */
    public NbdOptions build() {
      return new NbdOptions(this);
    }
  }
}
