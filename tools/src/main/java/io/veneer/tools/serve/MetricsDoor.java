// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.serve;

import io.veneer.driver.meter.Meters;
import io.veneer.driver.meter.MetricsServer;
import io.veneer.tools.control.DoorState;
import java.net.InetSocketAddress;
import java.util.List;
import picocli.CommandLine.Option;

/** The server's figures for a monitor, over HTTP. */
public final class MetricsDoor implements Door {
  private static final String NAME = "metrics";

  @Option(
      names = "--metrics",
      paramLabel = "HOST:PORT",
      converter = ListenAddress.class,
      description = {
        "Show figures at http://HOST:PORT/metrics in Prometheus' text form, to",
        "everybody who connects."
      })
  private InetSocketAddress address;

  private final Meters meters;
  private MetricsServer server;

  /**
   * A door whose options are not set yet.
   *
   * @param meters what it shows
   */
  public MetricsDoor(Meters meters) {
    this.meters = meters;
  }

  @Override
  public boolean isAsked() {
    return address != null;
  }

  @Override
  public void check() {
    // There is one option, and every address is right.
  }

  @Override
  public void start(ServedPool served) {
    meters.watch(served.pool());
    server = MetricsServer.start(address, meters);
  }

  @Override
  public List<DoorState> states() {
    InetSocketAddress bound = server.address();
    String host = bound.getAddress().getHostAddress();
    String bracketed = host.contains(":") ? "[" + host + "]" : host;
    String uri = "http://" + bracketed + ":" + bound.getPort() + "/metrics";
    return List.of(new DoorState(NAME, uri, server.connectionCount()));
  }

  @Override
  public void stop() {
    if (server != null) {
      server.close();
    }
  }
}
