// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import java.util.ArrayList;
import java.util.List;

/** Removes many containers, and then the layers of a deep image, top down. */
final class Removal implements Workload {
  static final String NAME = "remove";
  private static final int LAYERS = 100;
  private static final double NANOS_PER_MICRO = 1_000;

  private final BaseLayers layers;

  Removal(BaseLayers layers) {
    this.layers = layers;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void run(Stage stage) {
    int containers = stage.options().startContainers();
    int depth = stage.options().depths().stream().mapToInt(Integer::intValue).max().orElse(1);
    layers.makeChain(Math.min(LAYERS, depth));
    stage.inTurn(
        "remove: preparing", host -> StartContainers.prepareAll(host, "gone-", containers));
    stage.inTurn("remove", host -> remove(stage, host));
    layers.chainRemoved();
  }

  private void remove(Stage stage, LayerHost host) throws Exception {
    long begin = System.nanoTime();
    stage
        .ledger()
        .time(Quantity.REMOVE_CONTAINERS, host.name(), () -> removeContainers(stage, host));
    stage.ledger().time(Quantity.REMOVE_LAYERS, host.name(), () -> removeLayers(host));
    host.settle();
    double micros = (System.nanoTime() - begin) / NANOS_PER_MICRO;
    stage.ledger().add(Quantity.SPACE_BACK, host.name(), micros);
  }

  private static Void removeContainers(Stage stage, LayerHost host) throws Exception {
    for (int container = 0; container < stage.options().startContainers(); container++) {
      host.remove("gone-" + container);
    }
    return null;
  }

  private Void removeLayers(LayerHost host) throws Exception {
    List<String> topmostFirst = new ArrayList<>();
    for (int layer = layers.chainLayers(); layer >= 1; layer--) {
      topmostFirst.add(BaseLayers.chainLayer(layer));
    }
    host.removeChain(topmostFirst);
    return null;
  }
}
