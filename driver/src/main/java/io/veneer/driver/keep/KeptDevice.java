// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import java.nio.file.Path;
import java.util.List;

/**
 * What the next server must know of an attachment to go on with it.
 *
 * @param record the file that the FUSE file is mounted on; absolute, no two have the same
 * @param deviceId the device's id in its pool, which it keeps when it is renamed
 * @param readOnly whether it was attached for reading only
 * @param blockDevice the loop device's path
 */
public record KeptDevice(Path record, int deviceId, boolean readOnly, Path blockDevice) {
  private static final int FIELDS = 4;

  /** As lines of text; the record's path has no line breaks, as its name is escaped. */
  String encoded() {
    return String.join(
        "\n",
        Integer.toString(deviceId),
        Boolean.toString(readOnly),
        blockDevice.toString(),
        record.toString());
  }

  /** What {@link #encoded} gave. */
  static KeptDevice decoded(String text) {
    List<String> fields = List.of(text.split("\n", FIELDS));
    return new KeptDevice(
        Path.of(fields.get(3)),
        Integer.parseInt(fields.get(0)),
        Boolean.parseBoolean(fields.get(1)),
        Path.of(fields.get(2)));
  }
}
