// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Opens files of the lowest layer, through more and more layers, each for the first time since the
 * caches were emptied: what a program's start pays for the depth of its image.
 */
final class DeepLayers implements Workload {
  static final String NAME = "deep";
  private static final int READ_BYTES = 4096;

  private final BaseLayers layers;
  private final PageCache pageCache;

  DeepLayers(BaseLayers layers, PageCache pageCache) {
    this.layers = layers;
    this.pageCache = pageCache;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void run(Stage stage) {
    for (int depth : stage.options().depths()) {
      layers.makeChain(depth);
      Quantity.openAtDepth(depth)
          .ifPresent(
              quantity ->
                  stage.inTurn(
                      "deep: " + depth + " layers", host -> open(stage, host, depth, quantity)));
    }
  }

  private void open(Stage stage, LayerHost host, int depth, Quantity quantity) throws Exception {
    String key = "deep-" + depth;
    host.prepare(key, BaseLayers.chainLayer(depth));
    stage.mounted(
        host,
        key,
        folder -> {
          pageCache.drop();
          for (int number = 0; number < layers.chain().files(); number++) {
            Path file = layers.chain().file(folder, number);
            stage.ledger().time(quantity, host.name(), () -> readHead(file));
          }
        });
    host.remove(key);
  }

  private static int readHead(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.read(ByteBuffer.allocate(READ_BYTES));
    }
  }
}
