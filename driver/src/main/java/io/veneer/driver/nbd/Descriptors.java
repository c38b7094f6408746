// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.nio.ByteBuffer;

/** Puts block status descriptors into a buffer; neighbours of the same status become one. */
final class Descriptors {
  static final int DESCRIPTOR_BYTES = 8;

  private final ByteBuffer out;
  private final int limit;
  private int count;
  private long pendingBytes;
  private int pendingStatus;

  /** At most so many, for which there is room. */
  Descriptors(ByteBuffer out, int limit) {
    this.out = out;
    this.limit = limit;
  }

  /** Adds the next piece; false when it could not be taken any more. */
  boolean add(long lengthBytes, int status) {
    if (pendingBytes > 0 && status == pendingStatus) {
      pendingBytes += lengthBytes;
      return true;
    }
    put();
    if (count == limit) {
      return false;
    }
    pendingBytes = lengthBytes;
    pendingStatus = status;
    return true;
  }

  private void put() {
    if (pendingBytes > 0) {
      out.putInt((int) pendingBytes).putInt(pendingStatus);
      pendingBytes = 0;
      count++;
    }
  }

  /** Puts what is not put yet; call once, at the end. */
  void finish() {
    put();
  }
}
