// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import java.nio.ByteBuffer;

/** Makes checksums right again after a test changed a block. */
final class Resealed {
  private Resealed() {}

  static ByteBuffer in(ByteBuffer image) {
    return image.putInt(BlockHeaderFormat.CHECKSUM, CrcByHand.of(image.array(), 4));
  }
}
