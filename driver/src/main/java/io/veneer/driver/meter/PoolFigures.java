// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.meter;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolStatistics;
import io.veneer.thinpool.PoolStatus;
import io.veneer.thinpool.pool.ThinPool;

/** A pool's state and work, asked for whenever somebody looks. Any thread. */
final class PoolFigures implements MultiCollector {
  private static final String PREFIX = "veneer_pool_";

  private final ThinPool pool;

  PoolFigures(ThinPool pool) {
    this.pool = pool;
  }

  @Override
  public MetricSnapshots collect() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    try {
      addSpace(all, pool.status());
      addState(all, pool.status());
      addWork(all, pool.statistics());
    } catch (PoolException e) {
      return MetricSnapshots.builder().build();
    }
    return all.build();
  }

  private static void addSpace(MetricSnapshots.Builder all, PoolStatus status) {
    gauge(all, "data_used_bytes", "Data blocks in use.", status.usedDataBytes());
    gauge(all, "data_size_bytes", "Data blocks in all.", status.totalDataBytes());
    gauge(all, "data_limit_bytes", "How far the data may grow.", status.dataLimitBytes());
    gauge(all, "data_reserved_bytes", "Kept for write guarantees.", status.reservedDataBytes());
    gauge(all, "data_pending_bytes", "Freed, usable after a commit.", status.pendingDataBytes());
    gauge(all, "data_host_bytes", "What the host holds of the data.", status.hostDataBytes());
    gauge(all, "data_low_water_bytes", "Free data that is little.", status.lowWaterBytes());
    gauge(all, "metadata_used_bytes", "Metadata in use.", status.usedMetadataBytes());
    gauge(all, "metadata_size_bytes", "Metadata in all.", status.totalMetadataBytes());
    gauge(all, "block_size_bytes", "Size of a data block.", status.blockSizeBytes());
  }

  private static void addState(MetricSnapshots.Builder all, PoolStatus status) {
    gauge(all, "devices", "Thin devices, those being removed left out.", status.deviceCount());
    gauge(all, "devices_removing", "Devices whose blocks are given back.", status.removingCount());
    gauge(all, "needs_check", "1 if the pool must be checked.", status.needsCheck() ? 1 : 0);
    GaugeSnapshot.Builder modes =
        GaugeSnapshot.builder().name(PREFIX + "mode").help("1 for the mode that the pool is in.");
    for (PoolMode mode : PoolMode.values()) {
      modes.dataPoint(
          GaugeSnapshot.GaugeDataPointSnapshot.builder()
              .labels(Labels.of("mode", mode.name()))
              .value(status.mode() == mode ? 1 : 0)
              .build());
    }
    all.metricSnapshot(modes.build());
  }

  private static void addWork(MetricSnapshots.Builder all, PoolStatistics work) {
    counter(all, "copied_bytes", "Copied to break sharing.", work.copiedBytes());
    counter(all, "zeroed_bytes", "Cleared around partial writes.", work.zeroedBytes());
    counter(all, "elided_writes", "Writes that had nothing to store.", work.elidedWrites());
    counter(all, "commits", "Durable commits of metadata.", work.commits());
    counter(all, "commit_blocks", "Metadata blocks they wrote.", work.commitBlocks());
    counter(all, "data_forces", "Times the data was forced.", work.dataForces());
  }

  private static void gauge(MetricSnapshots.Builder all, String name, String help, long value) {
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name(PREFIX + name)
            .help(help)
            .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder().value(value).build())
            .build());
  }

  private static void counter(MetricSnapshots.Builder all, String name, String help, long value) {
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name(PREFIX + name)
            .help(help)
            .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder().value(value).build())
            .build());
  }
}
