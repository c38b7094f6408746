// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.space;

import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.CountsFormat;

/**
 * One counts block in memory. Under the metadata lock. The bytes handed to a commit are never
 * changed afterwards: the first change in a later transaction works on a copy.
 */
final class CountPage {
  final int index;
  private byte[] bytes;
  private int used;
  private int slot;
  private long sequence;

  /** A page as the file has it; the bytes are a counts block's body. */
  CountPage(int index, byte[] bytes, int used, int slot) {
    this.index = index;
    this.bytes = bytes;
    this.used = used;
    this.slot = slot;
  }

  static CountPage empty(int index) {
    return new CountPage(index, new byte[BlockHeaderFormat.BODY_BYTES], 0, CountsFormat.SLOT_NONE);
  }

  int get(int at) {
    int offset = at * CountsFormat.COUNT_BYTES;
    return (bytes[offset] & 0xff)
        | (bytes[offset + 1] & 0xff) << 8
        | (bytes[offset + 2] & 0xff) << 16;
  }

  /** Changes a count in a transaction; true when it is the page's first change there. */
  boolean set(int at, int count, long openSequence) {
    boolean first = sequence != openSequence;
    if (first) {
      bytes = bytes.clone();
      sequence = openSequence;
    }
    used += Integer.signum(count) - Integer.signum(get(at));
    int offset = at * CountsFormat.COUNT_BYTES;
    bytes[offset] = (byte) count;
    bytes[offset + 1] = (byte) (count >>> 8);
    bytes[offset + 2] = (byte) (count >>> 16);
    return first;
  }

  int used() {
    return used;
  }

  int slot() {
    return slot;
  }

  void flipSlot() {
    slot = CountsFormat.otherSlot(slot);
  }

  /** The transaction that changed it last, or 0. */
  long sequence() {
    return sequence;
  }

  byte[] bytes() {
    return bytes;
  }
}
