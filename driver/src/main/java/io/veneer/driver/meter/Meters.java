// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.meter;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import io.veneer.thinpool.pool.ThinPool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/**
 * All figures of one server, in Prometheus' text form. Names begin with {@code veneer_}, units are
 * bytes and seconds. Any thread.
 */
public final class Meters {
  /** What {@link #text} is. */
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  /** From what memory answers to what a slow disk does. */
  private static final double[] SECONDS = {
    0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter requests;
  private final Histogram seconds;
  private final DeviceFigures devices = new DeviceFigures();

  /** Makes meters that have counted nothing yet. */
  public Meters() {
    requests =
        Counter.builder()
            .name("veneer_requests_total")
            .help("Requests that a door answered, by how they ended.")
            .labelNames("door", "call", "outcome")
            .register(registry);
    seconds =
        Histogram.builder()
            .name("veneer_request_seconds")
            .help("How long a door's requests took.")
            .unit(Unit.SECONDS)
            .labelNames("door", "call")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .register(registry);
    registry.register(devices);
  }

  /**
   * Counts the requests of a door.
   *
   * @param door its name, one word
   * @return is told of each request
   */
  public RequestMeter ofDoor(String door) {
    return (call, outcome, nanos) -> {
      requests.labelValues(door, call, outcome).inc();
      seconds.labelValues(door, call).observe((double) nanos / TimeUnit.SECONDS.toNanos(1));
    };
  }

  /**
   * Counts what a door does with devices.
   *
   * @param door its name, one word
   * @return is told of each request
   */
  public DeviceMeter ofDevices(String door) {
    DeviceMeter meter = new DeviceMeter(door);
    devices.add(meter);
    return meter;
  }

  /**
   * Adds the figures of a pool, which is asked for them whenever somebody looks.
   *
   * @param pool the pool; figures that it refuses are left out
   */
  public void watch(ThinPool pool) {
    registry.register(new PoolFigures(pool));
  }

  /**
   * Tells all figures.
   *
   * @return text of {@link #CONTENT_TYPE}
   */
  public byte[] text() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create()
          .write(text, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes all", e);
    }
    return text.toByteArray();
  }
}
