// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import java.time.Instant;

/**
 * What is known of a file, folder, link or device beside its content and its extended attributes.
 *
 * @param type what it is
 * @param permissions the low 12 bits of its mode
 * @param owner user id
 * @param group group id
 * @param sizeBytes length of a file's content or of a link's target; of no meaning for others
 * @param deviceNumber number of a device as {@code dev_t} has it, otherwise 0
 * @param names how many names it has in its tree's host folder; of no meaning for folders
 * @param modified when its content was last changed
 */
public record NodeInfo(
    NodeType type,
    int permissions,
    int owner,
    int group,
    long sizeBytes,
    long deviceNumber,
    int names,
    Instant modified) {

  /**
   * Tells whether there can be names in it.
   *
   * @return true for a folder
   */
  public boolean isFolder() {
    return type == NodeType.FOLDER;
  }
}
