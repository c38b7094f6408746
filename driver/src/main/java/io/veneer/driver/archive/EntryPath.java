// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * The path of an archive's entry, checked: components without {@code .}, {@code ..} or nothing in
 * them, relative to the folder that the archive is unpacked to.
 *
 * <p>A leading {@code /} is dropped, as every program that unpacks does. A {@code ..} is refused
 * wherever it stands: no honest archive needs one.
 */
final class EntryPath {
  /** What the kernel takes as a path; deeper trees could not be used by anybody. */
  static final int BYTES_MAX = 4095;

  private EntryPath() {}

  /** The components of a path; none for the folder itself. */
  static List<String> parse(String path) {
    if (path.length() > BYTES_MAX) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "archive has a path that is too long lengthBytes="
              + path.length()
              + " maxBytes="
              + BYTES_MAX);
    }
    List<String> components = new ArrayList<>();
    for (String component : path.split("/")) {
      if (component.equals("..") || component.indexOf('\0') >= 0) {
        throw new DriverException(
            Kind.INVALID_ARGUMENT,
            "archive has a path that leads out of its folder path=" + ByteNames.text(path));
      }
      if (!component.isEmpty() && !component.equals(".")) {
        components.add(component);
      }
    }
    return components;
  }
}
