// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.nio.file.Path;
import java.util.Locale;

/**
 * A thin device that the kernel has a block device for.
 *
 * @param device the thin device's name; what it was, if it was removed
 * @param path the block device, such as {@code /dev/loop0}
 * @param file the flat file behind it, for who wants one, or null where there is none
 * @param readOnly whether writes are refused
 * @param via the way, never {@link Via#AUTO}
 * @param removed whether the thin device was removed, and lives on only until it is detached
 * @param dead whether the block device gives only errors, since the connection behind it was ended
 *     by others, and is good for nothing but to be detached
 */
public record Attachment(
    String device, Path path, Path file, boolean readOnly, Via via, boolean removed, boolean dead) {

  Attachment asRemoved() {
    return new Attachment(device, path, file, readOnly, via, true, dead);
  }

  /** As messages have it. */
  @Override
  public String toString() {
    return "device="
        + device
        + " path="
        + path
        + (file == null ? "" : " file=" + file)
        + " readOnly="
        + readOnly
        + " via="
        + via.name().toLowerCase(Locale.ROOT);
  }
}
