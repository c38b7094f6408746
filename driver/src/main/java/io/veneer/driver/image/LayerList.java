// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.StorageDriver;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The layers of images as they were at one moment. One thread. */
final class LayerList {
  private static final int DIGITS_MIN = 6;
  private final Map<String, LayerRecord> layers = new HashMap<>();
  private final Map<String, List<SnapshotInfo>> children = new HashMap<>();
  private final Map<String, String> chainIdsByName = new TreeMap<>();

  LayerList(StorageDriver driver, List<ImageRecord> images) {
    Map<String, List<String>> names = new HashMap<>();
    for (ImageRecord image : images) {
      names.computeIfAbsent(image.chainId(), chainId -> new ArrayList<>()).add(image.name());
      chainIdsByName.put(image.name(), image.chainId());
    }
    driver.walk(
        info -> {
          if (LayerRecord.isLayer(info)) {
            layers.put(
                info.key(),
                LayerRecord.of(info, List.copyOf(names.getOrDefault(info.key(), List.of()))));
            children.computeIfAbsent(info.parent(), parent -> new ArrayList<>()).add(info);
          }
        },
        "kind==committed");
  }

  /** Parents before children; of one parent's children the older first. */
  List<LayerRecord> inOrder() {
    List<LayerRecord> ordered = new ArrayList<>();
    List<SnapshotInfo> todo = new ArrayList<>(sortedRoots());
    while (!todo.isEmpty()) {
      SnapshotInfo next = todo.remove(todo.size() - 1);
      ordered.add(layers.get(next.key()));
      todo.addAll(youngestFirst(children.getOrDefault(next.key(), List.of())));
    }
    return ordered;
  }

  /** Layers whose parent is no layer that is known: mostly those without a parent. */
  private List<SnapshotInfo> sortedRoots() {
    List<SnapshotInfo> roots = new ArrayList<>();
    children.forEach(
        (parent, infos) -> {
          if (!layers.containsKey(parent)) {
            roots.addAll(infos);
          }
        });
    return youngestFirst(roots);
  }

  private static List<SnapshotInfo> youngestFirst(List<SnapshotInfo> infos) {
    return infos.stream()
        .sorted(
            Comparator.comparing(SnapshotInfo::createdAt)
                .thenComparing(SnapshotInfo::key)
                .reversed())
        .toList();
  }

  LayerRecord find(String reference) {
    LayerRecord named = layers.get(chainIdsByName.getOrDefault(reference, ""));
    if (named != null) {
      return named;
    }
    List<LayerRecord> found =
        layers.values().stream().filter(each -> begins(each.chainId(), reference)).toList();
    if (found.isEmpty()) {
      throw new DriverException(
          Kind.NOT_FOUND, "no such image or layer: name=" + Shown.of(reference));
    }
    if (found.size() > 1) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "several layers begin so, give more digits: name="
              + reference
              + " layers="
              + found.size());
    }
    return found.get(0);
  }

  private static boolean begins(String chainId, String reference) {
    if (chainId.equals(reference)) {
      return true;
    }
    int colon = chainId.indexOf(':') + 1;
    String prefix = chainId.substring(0, colon);
    String digits = reference.startsWith(prefix) ? reference.substring(prefix.length()) : reference;
    return digits.length() >= DIGITS_MIN && chainId.startsWith(digits, colon);
  }
}
