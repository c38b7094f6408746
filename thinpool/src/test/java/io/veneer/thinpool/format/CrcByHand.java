// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

/** CRC32C bit by bit, after its definition. */
final class CrcByHand {
  private static final int POLYNOMIAL_REVERSED = 0x82f63b78;

  private CrcByHand() {}

  static int of(byte[] bytes, int from) {
    int crc = -1;
    for (int i = from; i < bytes.length; i++) {
      crc ^= bytes[i] & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ POLYNOMIAL_REVERSED;
      }
    }
    return ~crc;
  }
}
