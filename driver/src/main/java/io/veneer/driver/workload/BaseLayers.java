// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * The committed layers that workloads stand on, made on all hosts when the first workload asks for
 * them. One thread.
 */
final class BaseLayers {
  /** The layer with the large file. */
  static final String LARGE = "large";

  /** The large file's name in it. */
  static final String LARGE_FILE = "disk.img";

  /** The layer with many small files. */
  static final String MANY = "many";

  /** Files in the lowest layer of the chain, and in the image of containers that only start. */
  private static final int CHAIN_FILES = 60;

  private static final long TREE_SEED = 42;

  private final Stage stage;
  private final SmallTree many;
  private final SmallTree chain;
  private final Set<String> made = new HashSet<>();
  private int chainLayers;

  BaseLayers(Stage stage) {
    this.stage = stage;
    this.many = new SmallTree("lower", stage.options().manyFiles(), TREE_SEED);
    this.chain =
        new SmallTree("image", Math.min(CHAIN_FILES, stage.options().manyFiles()), TREE_SEED);
  }

  SmallTree many() {
    return many;
  }

  /** The files in the lowest layer of the chain. */
  SmallTree chain() {
    return chain;
  }

  void makeLarge() {
    make(LARGE, "", folder -> copyLarge(folder.resolve(LARGE_FILE)));
  }

  void makeMany() {
    make(MANY, "", many::write);
  }

  /** Makes a chain of layers, each with one small file of its own above the lowest. */
  void makeChain(int layers) {
    for (int layer = chainLayers + 1; layer <= layers; layer++) {
      int number = layer;
      String parent = layer == 1 ? "" : chainLayer(layer - 1);
      make(
          chainLayer(layer),
          parent,
          folder -> {
            if (number == 1) {
              chain.write(folder);
            } else {
              Files.writeString(folder.resolve("layer-" + number), "layer " + number + "\n");
            }
          });
    }
    chainLayers = Math.max(chainLayers, layers);
  }

  /** The name of the layer that so many layers end with. */
  static String chainLayer(int layers) {
    return "chain-" + layers;
  }

  int chainLayers() {
    return chainLayers;
  }

  /** Notes that the chain's layers are gone. */
  void chainRemoved() {
    for (int layer = 1; layer <= chainLayers; layer++) {
      made.remove(chainLayer(layer));
    }
    chainLayers = 0;
  }

  private void make(String name, String parent, Stage.MountedWork fill) {
    if (made.add(name)) {
      stage.inTurn(
          name.startsWith("chain-") ? "making a chain of layers" : "making the layer with " + name,
          host -> {
            String key = "making-" + name;
            host.prepare(key, parent);
            stage.mounted(host, key, fill);
            host.commit(name, key);
          });
    }
  }

  /** Copies byte by byte, never as a clone, so that every host begins with blocks of its own. */
  private void copyLarge(Path target) throws IOException {
    try (OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
      Files.copy(stage.options().image(), out);
    }
  }
}
