// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.meter;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import io.veneer.driver.meter.DeviceMeter.Call;
import io.veneer.driver.meter.DeviceMeter.Counts;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** What doors did with devices, added up whenever somebody looks. Any thread. */
final class DeviceFigures implements MultiCollector {
  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final double[] BOUNDS_SECONDS = boundsSeconds();

  /** The errors that doors have; the rest are shown by number. */
  private static final Map<Integer, String> ERRORS =
      Map.of(
          1,
          "EPERM",
          5,
          "EIO",
          12,
          "ENOMEM",
          22,
          "EINVAL",
          28,
          "ENOSPC",
          30,
          "EROFS",
          34,
          "ERANGE",
          75,
          "EOVERFLOW",
          95,
          "ENOTSUP",
          108,
          "ESHUTDOWN");

  private final List<DeviceMeter> meters = new CopyOnWriteArrayList<>();

  void add(DeviceMeter meter) {
    meters.add(meter);
  }

  @Override
  public MetricSnapshots collect() {
    CounterSnapshot.Builder requests =
        CounterSnapshot.builder()
            .name("veneer_device_requests")
            .help("Requests on devices that a door answered, by how they ended.");
    CounterSnapshot.Builder bytes =
        CounterSnapshot.builder()
            .name("veneer_device_request_bytes")
            .help("Bytes of the requests on devices that succeeded.");
    HistogramSnapshot.Builder seconds =
        HistogramSnapshot.builder()
            .name("veneer_device_request_seconds")
            .unit(Unit.SECONDS)
            .help("How long requests on devices took.");
    for (DeviceMeter meter : meters) {
      for (Call call : Call.values()) {
        Counts counts = meter.counts(call);
        Labels labels = Labels.of("door", meter.door(), "call", call.label);
        addRequests(requests, labels, counts);
        bytes.dataPoint(counter(labels, counts.bytes.sum()));
        seconds.dataPoint(histogram(labels, counts));
      }
    }
    return MetricSnapshots.of(requests.build(), bytes.build(), seconds.build());
  }

  private static void addRequests(CounterSnapshot.Builder requests, Labels labels, Counts counts) {
    long all = 0;
    for (LongAdder bucket : counts.buckets) {
      all += bucket.sum();
    }
    long failed = 0;
    for (Map.Entry<Integer, LongAdder> failure : counts.failures.entrySet()) {
      String name = ERRORS.getOrDefault(failure.getKey(), String.valueOf(failure.getKey()));
      long count = failure.getValue().sum();
      requests.dataPoint(counter(labels.add("outcome", name), count));
      failed += count;
    }
    // What is counted meanwhile may be a failure whose request was not seen yet.
    requests.dataPoint(counter(labels.add("outcome", "OK"), Math.max(0, all - failed)));
  }

  private static CounterSnapshot.CounterDataPointSnapshot counter(Labels labels, long value) {
    return CounterSnapshot.CounterDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  private static HistogramSnapshot.HistogramDataPointSnapshot histogram(
      Labels labels, Counts counts) {
    long[] buckets = new long[counts.buckets.length];
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = counts.buckets[i].sum();
    }
    return HistogramSnapshot.HistogramDataPointSnapshot.builder()
        .labels(labels)
        .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS_SECONDS, buckets))
        .sum(counts.nanos.sum() / SECOND)
        .build();
  }

  private static double[] boundsSeconds() {
    long[] nanos = DeviceMeter.BOUNDS_NANOS;
    double[] bounds = new double[nanos.length + 1];
    for (int i = 0; i < nanos.length; i++) {
      bounds[i] = nanos[i] / SECOND;
    }
    bounds[nanos.length] = Double.POSITIVE_INFINITY;
    return bounds;
  }
}
