// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The hosts of one comparison, each in a folder of its own. What this machine cannot mount is left
 * out with a reason, unless it was asked for by name. One thread; closes all that it opened, also
 * when opening fails half-way.
 */
final class LayerHosts implements AutoCloseable {
  private final List<LayerHost> hosts = new ArrayList<>();
  private final Map<String, String> absent = new LinkedHashMap<>();

  /** Opens the hosts of these names, or, without names, all that can be opened. */
  static LayerHosts open(List<String> names, Path folder, HostOpening.Sizes sizes) {
    LayerHosts opened = new LayerHosts();
    try {
      for (HostOpening opening : HostOpening.values()) {
        if (names.isEmpty() || names.contains(opening.hostName())) {
          opened.open(opening, folder, sizes, !names.isEmpty());
        }
      }
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private void open(HostOpening opening, Path folder, HostOpening.Sizes sizes, boolean wanted) {
    try {
      hosts.add(opening.open(Files.createDirectory(folder.resolve(opening.hostName())), sizes));
    } catch (IOException | DriverException e) {
      if (wanted) {
        throw new DriverException(
            Kind.FAILED_PRECONDITION,
            "driver cannot be mounted here driver=" + opening.hostName() + " why=" + e.getMessage(),
            e);
      }
      absent.put(opening.hostName(), e.getMessage());
    }
  }

  List<LayerHost> hosts() {
    return List.copyOf(hosts);
  }

  List<String> names() {
    return hosts.stream().map(LayerHost::name).toList();
  }

  Map<String, String> absent() {
    return new LinkedHashMap<>(absent);
  }

  @Override
  public void close() {
    for (int i = hosts.size() - 1; i >= 0; i--) {
      hosts.get(i).close();
    }
    hosts.clear();
  }
}
