// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.transaction;

import java.nio.ByteBuffer;

/**
 * A metadata block that the open transaction will write. Once frozen it no longer changes: whoever
 * wants to change its content in the next transaction makes a new one.
 */
public interface StagedBlock {
  /**
   * Where it goes.
   *
   * @return metadata block
   */
  long block();

  /**
   * Writes the block's body and seals it. Called once, outside the metadata lock.
   *
   * @param image 4096 zero bytes, little-endian
   */
  void encode(ByteBuffer image);
}
