// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.layers;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.image.ImageRecord;
import io.veneer.driver.image.LayerRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What would go if images, layers and containers were removed together: containers, then layers
 * without a name that nothing stands on any more, from the top. One thread; of one moment.
 */
final class RemovalPlan {
  private final Map<String, LayerRecord> layers = new HashMap<>();
  private final Map<String, Set<String>> namesLeft = new HashMap<>();
  private final Map<String, Set<String>> childrenLeft = new HashMap<>();
  private final Map<String, String> chainIdsByName = new HashMap<>();
  private final Map<String, SnapshotInfo> containers = new HashMap<>();
  private final Set<String> removed = new TreeSet<>();
  private final List<String> stays = new ArrayList<>();

  RemovalPlan(LayerState state) {
    for (LayerRecord layer : state.images().layers()) {
      layers.put(layer.chainId(), layer);
      namesLeft.put(layer.chainId(), new HashSet<>(layer.imageNames()));
    }
    for (ImageRecord image : state.images().images()) {
      chainIdsByName.put(image.name(), image.chainId());
    }
    for (SnapshotInfo snapshot : state.snapshots()) {
      childrenLeft
          .computeIfAbsent(snapshot.parent(), parent -> new HashSet<>())
          .add(snapshot.key());
    }
    state.containers().forEach(container -> containers.put(container.key(), container));
  }

  /** Thinks away what is named: an image, a container, or a layer by its whole chain id. */
  void remove(List<String> references) {
    List<String> touched = new ArrayList<>();
    for (String reference : references) {
      touched.add(removeOne(reference));
    }
    touched.forEach(this::prune);
    for (String reference : references) {
      explain(reference);
    }
  }

  private String removeOne(String reference) {
    String imageChainId = chainIdsByName.get(reference);
    if (imageChainId != null) {
      namesLeft.getOrDefault(imageChainId, new HashSet<>()).remove(reference);
      return imageChainId;
    }
    SnapshotInfo container = containers.get(reference);
    if (container != null) {
      take(reference, container.parent());
      return container.parent();
    }
    if (layers.containsKey(reference)) {
      return reference;
    }
    throw new DriverException(
        Kind.NOT_FOUND, "no such image, container or layer: name=" + reference);
  }

  private void take(String key, String parent) {
    removed.add(key);
    childrenLeft.getOrDefault(parent, new HashSet<>()).remove(key);
  }

  private void prune(String chainId) {
    String next = chainId;
    while (layers.containsKey(next) && isFree(next)) {
      String parent = layers.get(next).parent();
      take(next, parent);
      next = parent;
    }
  }

  private boolean isFree(String chainId) {
    return !removed.contains(chainId)
        && namesLeft.get(chainId).isEmpty()
        && childrenLeft.getOrDefault(chainId, Set.of()).isEmpty();
  }

  private void explain(String reference) {
    String chainId = chainIdsByName.getOrDefault(reference, reference);
    if (removed.contains(chainId)) {
      return;
    }
    Set<String> users = new TreeSet<>(namesLeft.getOrDefault(chainId, Set.of()));
    users.addAll(childrenLeft.getOrDefault(chainId, Set.of()));
    stays.add("layers of " + reference + " stay, they are used by " + String.join(", ", users));
  }

  /** The snapshots that would go. */
  Set<String> removed() {
    return removed;
  }

  /** What of the names would stay, and why; a line each. */
  List<String> stays() {
    return stays;
  }
}
