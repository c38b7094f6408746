// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.serve;

import io.veneer.driver.meter.Meters;
import io.veneer.driver.nbd.NbdOptions;
import io.veneer.driver.nbd.NbdServer;
import io.veneer.driver.nbd.PoolExports;
import io.veneer.driver.nbd.TlsCertificates;
import io.veneer.thinpool.pool.ThinPool;
import io.veneer.tools.control.DoorState;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The devices of a pool as NBD exports, over a unix socket, TCP, or both. */
public final class NbdDoor implements Door {
  private static final String NAME = "nbd";

  @Option(
      names = "--nbd",
      paramLabel = "SOCKET",
      description = "Serve the devices over NBD on a unix socket, made with mode 0600.")
  private Path socket;

  @Option(
      names = "--nbd-tcp",
      paramLabel = "HOST:PORT",
      converter = ListenAddress.class,
      description = "Serve them over TCP; takes --tls-certificates or --insecure, too.")
  private InetSocketAddress address;

  @Option(
      names = "--tls-certificates",
      paramLabel = "DIR",
      description = {
        "Use TLS over TCP, with server-cert.pem and server-key.pem of this",
        "folder, and with ca-cert.pem for --tls-verify-peer."
      })
  private Path certificates;

  @Option(
      names = "--tls-verify-peer",
      description = "Take only TCP clients with a certificate of that authority.")
  private boolean verifyPeer;

  @Option(names = "--insecure", description = "Serve over TCP in clear, to everybody who connects.")
  private boolean insecure;

  @Option(
      names = "--default-export",
      paramLabel = "NAME",
      description = {
        "The device for NBD clients that name none.",
        "Default: the only one, if there is just one."
      })
  private String defaultExport;

  @Option(names = "--nbd-read-only", description = "Take no writes over NBD.")
  private boolean readOnly;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private final Meters meters;
  private NbdServer server;

  /**
   * A door whose options are not set yet.
   *
   * @param meters are told of each request
   */
  public NbdDoor(Meters meters) {
    this.meters = meters;
  }

  @Override
  public boolean isAsked() {
    return socket != null || address != null;
  }

  @Override
  public void check() {
    boolean tls = certificates != null;
    require(isAsked() || defaultExport == null, "--default-export", "--nbd or --nbd-tcp");
    require(isAsked() || !readOnly, "--nbd-read-only", "--nbd or --nbd-tcp");
    require(address != null || !tls, "--tls-certificates", "--nbd-tcp");
    require(address != null || !insecure, "--insecure", "--nbd-tcp");
    require(tls || !verifyPeer, "--tls-verify-peer", "--tls-certificates");
    require(
        address == null || tls || insecure, "--nbd-tcp", "--tls-certificates, or else --insecure");
    if (tls && insecure) {
      throw usage("--tls-certificates and --insecure exclude each other");
    }
  }

  private void require(boolean right, String option, String other) {
    if (!right) {
      throw usage(option + " needs " + other);
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  @Override
  public List<Path> sockets() {
    return socket == null ? List.of() : List.of(socket);
  }

  @Override
  public void start(ServedPool served) {
    NbdOptions.Builder options = NbdOptions.builder().socket(socket).address(address);
    options.readOnly(readOnly).insecure(insecure).meter(meters.ofDevices(NAME));
    if (certificates != null) {
      options.tls(TlsCertificates.load(certificates, verifyPeer), verifyPeer);
    }
    server = NbdServer.start(exports(served.pool()), options.build());
  }

  /** A default export that is not there is a slip that clients should not be the first to see. */
  private PoolExports exports(ThinPool pool) {
    if (defaultExport != null) {
      pool.device(defaultExport);
    }
    return new PoolExports(pool, defaultExport);
  }

  @Override
  public List<DoorState> states() {
    List<DoorState> states = new ArrayList<>();
    int connections = server.connectionCount();
    if (socket != null) {
      states.add(new DoorState(NAME, NbdUri.of(socket), connections));
    }
    server
        .address()
        .ifPresent(
            tcp -> {
              String uri = NbdUri.of(tcp, certificates != null);
              states.add(new DoorState(NAME, uri, socket == null ? connections : 0));
            });
    return states;
  }

  @Override
  public void stop() {
    if (server != null) {
      server.close();
    }
  }
}
