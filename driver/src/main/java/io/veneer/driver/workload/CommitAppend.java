// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Commits a container that appended four bytes to a large file: how long, and how large. */
final class CommitAppend implements Workload {
  static final String NAME = "commit";

  private final BaseLayers layers;

  CommitAppend(BaseLayers layers) {
    this.layers = layers;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void run(Stage stage) {
    layers.makeLarge();
    for (int round = 0; round < stage.options().containers(); round++) {
      String key = "commit-" + round;
      stage.inTurn("commit", host -> commit(stage, host, key));
    }
  }

  private static void commit(Stage stage, LayerHost host, String key) throws Exception {
    host.prepare(key, BaseLayers.LARGE);
    stage.mounted(
        host,
        key,
        folder -> {
          Path file = folder.resolve(BaseLayers.LARGE_FILE);
          FileWork.writeAndForce(file, Files.size(file), ByteBuffer.wrap(FileWork.appended()));
        });
    String layer = key + "-layer";
    stage
        .ledger()
        .time(
            Quantity.COMMIT,
            host.name(),
            () -> {
              host.commit(layer, key);
              return null;
            });
    stage.ledger().add(Quantity.COMMIT_STORED, host.name(), host.layerBytes(layer));
    host.remove(layer);
  }
}
