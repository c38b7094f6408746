// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import io.veneer.driver.NodeInfo;
import java.nio.ByteBuffer;
import java.util.Map;

/** One file, folder, link or device of a tree that no host shows, to be put into an archive. */
public interface PackedNode {
  /**
   * What is known of it.
   *
   * @return type, owner, size and time
   */
  NodeInfo info();

  /**
   * A number that all names of one file have in common, and no other file has.
   *
   * @return any number
   */
  long identity();

  /**
   * Where a link leads.
   *
   * @return the target of a symbolic link; of no meaning for others
   */
  String linkTarget();

  /**
   * Its extended attributes.
   *
   * @return values by full name
   */
  Map<String, byte[]> attributes();

  /**
   * Reads bytes of a regular file.
   *
   * @param offset first byte
   * @param target filled as far as the file goes
   */
  void read(long offset, ByteBuffer target);
}
