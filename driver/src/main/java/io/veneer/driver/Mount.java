// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import java.util.List;

/**
 * One step of making a snapshot visible as a folder: what is handed to the runtime, or to mount(8).
 *
 * @param type kind of file system, or {@code bind}
 * @param source what is mounted
 * @param options mount options, each as mount(8) takes them after {@code -o}
 */
public record Mount(String type, String source, List<String> options) {
  /**
   * Takes a copy of the options.
   *
   * @param type kind of file system
   * @param source what is mounted
   * @param options mount options
   */
  public Mount {
    options = List.copyOf(options);
  }

  /**
   * Shows a folder in another place.
   *
   * @param folder the folder
   * @param readOnly whether writes are refused
   * @return the mount
   */
  public static Mount bind(String folder, boolean readOnly) {
    return new Mount("bind", folder, List.of("rbind", readOnly ? "ro" : "rw"));
  }
}
