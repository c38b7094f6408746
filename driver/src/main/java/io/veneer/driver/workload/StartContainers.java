// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Prepares many containers at once, and mounts some of them one after the other. */
final class StartContainers implements Workload {
  static final String NAME = "start";
  private static final int THREADS = 8;
  private static final int MOUNTED = 10;

  private final BaseLayers layers;

  StartContainers(BaseLayers layers) {
    this.layers = layers;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void run(Stage stage) {
    layers.makeChain(1);
    stage.inTurn("start: preparing all", host -> start(stage, host));
  }

  private static void start(Stage stage, LayerHost host) throws Exception {
    int containers = stage.options().startContainers();
    long before = host.storedBytes();
    stage
        .ledger()
        .time(
            Quantity.PREPARE_ALL,
            host.name(),
            () -> {
              prepareAll(host, "start-", containers);
              return null;
            });
    stage.ledger().add(Quantity.START_STORED, host.name(), host.storedBytes() - before);
    for (int container = 0; container < Math.min(MOUNTED, containers); container++) {
      String key = "start-" + container;
      stage.ledger().time(Quantity.MOUNT, host.name(), () -> host.mount(key));
      host.unmount(key);
    }
    for (int container = 0; container < containers; container++) {
      host.remove("start-" + container);
    }
  }

  /** Prepares containers on the chain's lowest layer from several threads, and waits for all. */
  static void prepareAll(LayerHost host, String prefix, int containers) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Void>> calls = new ArrayList<>();
      for (int container = 0; container < containers; container++) {
        String key = prefix + container;
        calls.add(
            () -> {
              host.prepare(key, BaseLayers.chainLayer(1));
              return null;
            });
      }
      for (Future<Void> each : threads.invokeAll(calls)) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
