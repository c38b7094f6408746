// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The mount options that keep the kernel's overlayfs to what is described for layers: each upper
 * folder can be read by itself, moved, and put under another mount. Redirects, files of attributes
 * only, and an index of origins would all be notes that lead from one layer's folder into others.
 * Stateless; any thread.
 */
public final class OverlayOptions {
  private static final Path PARAMETERS = Path.of("/sys/module/overlay/parameters");

  private OverlayOptions() {}

  /**
   * The options that this host's kernel knows.
   *
   * @return as mount(8) takes them
   */
  public static List<String> ofHost() {
    return List.of("index", "redirect_dir", "metacopy").stream()
        .filter(name -> Files.exists(PARAMETERS.resolve(name)))
        .map(name -> name + "=off")
        .toList();
  }
}
