// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a workload has mounted, so that nothing stays mounted when it fails. One thread. */
final class MountedKeys {
  private static final Logger LOG = LoggerFactory.getLogger(MountedKeys.class);

  private final Map<LayerHost, Map<String, Path>> mounts = new LinkedHashMap<>();

  void mount(LayerHost host, String key) throws IOException {
    mounts.computeIfAbsent(host, any -> new LinkedHashMap<>()).put(key, host.mount(key));
  }

  Path folder(LayerHost host, String key) {
    return mounts.get(host).get(key);
  }

  void unmountAll(LayerHost host) throws IOException {
    Map<String, Path> mounted = mounts.getOrDefault(host, Map.of());
    for (String key : List.copyOf(mounted.keySet())) {
      host.unmount(key);
      mounted.remove(key);
    }
  }

  /** After a failure: unmounts what it can, and says what it cannot. */
  void unmountRest() {
    for (LayerHost host : new ArrayList<>(mounts.keySet())) {
      try {
        unmountAll(host);
      } catch (IOException | RuntimeException e) {
        LOG.warn("a layer stays mounted driver={}", host.name(), e);
      }
    }
  }
}
