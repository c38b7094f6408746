// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The memory in which a request comes and its reply goes out, used over and over. The bytes that a
 * WRITE brings, and those that the reply to a READ takes back, lie at the same page-aligned place:
 *
 * <pre>
 * | spare | headers, shortest first in front of the data | data, MAX_BYTES | spare |
 *                                                        ^ DATA
 * </pre>
 *
 * <p>Only what is used takes memory, unless all of it is held. The reply overwrites the request, so
 * a field of the request is read before anything of the reply is set. Owned by one thread at a
 * time; freed by {@link #free}.
 */
final class FuseRequest {
  /** What one READ or WRITE can carry: 256 pages, the kernel's limit. */
  static final int MAX_BYTES = 1 << 20;

  private static final int PAGE_BYTES = 4096;
  private static final int DATA = PAGE_BYTES;
  private static final int IN = DATA - FuseProtocol.Transfer.END;
  private static final int OUT = DATA - FuseProtocol.OUT_HEADER_BYTES;
  private static final int ALLOCATED_BYTES = DATA + MAX_BYTES + PAGE_BYTES;

  private final long allocated;
  private final long address;
  private final ByteBuffer memory;
  private final ByteBuffer data;
  private final boolean held;
  private int length;

  /** Held memory is there before the kernel copies a request into it. */
  FuseRequest(boolean held) {
    allocated = MemoryIO.getInstance().allocateMemory(ALLOCATED_BYTES + PAGE_BYTES, false);
    if (allocated == 0) {
      throw new OutOfMemoryError("no memory for a request");
    }
    address = allocated + PAGE_BYTES - 1 & -PAGE_BYTES;
    memory = view(address, ALLOCATED_BYTES);
    data = view(address + DATA, MAX_BYTES);
    this.held = held;
    if (held) {
      hold();
    }
  }

  /** May not be allowed to hold it, but to take it. */
  private void hold() {
    if (FuseCalls.holdMemory(address, ALLOCATED_BYTES) < 0) {
      for (int at = 0; at < ALLOCATED_BYTES; at += PAGE_BYTES) {
        memory.put(at, (byte) 0);
      }
    }
  }

  private static ByteBuffer view(long address, int bytes) {
    return MemoryIO.getInstance()
        .newDirectByteBuffer(address, bytes)
        .order(ByteOrder.nativeOrder());
  }

  /** Nobody uses it any more. */
  void free() {
    if (held) {
      FuseCalls.releaseMemory(address, ALLOCATED_BYTES);
    }
    MemoryIO.getInstance().freeMemory(allocated);
  }

  /** Waits for the next request; its length, or minus the errno. */
  long receive(int descriptor) {
    long result = FuseCalls.read(descriptor, address + IN, ALLOCATED_BYTES - IN);
    length = (int) Math.max(0, result);
    return result;
  }

  /** Whether the request has all the fields up to this offset, and says its own length rightly. */
  boolean has(int end) {
    return length >= end && getInt(FuseProtocol.IN_LEN) == length;
  }

  int length() {
    return length;
  }

  int opcode() {
    return getInt(FuseProtocol.IN_OPCODE);
  }

  long unique() {
    return getLong(FuseProtocol.IN_UNIQUE);
  }

  int getInt(int field) {
    return memory.getInt(IN + field);
  }

  long getLong(int field) {
    return memory.getLong(IN + field);
  }

  /** The place of what is written or read, as a buffer of so many bytes. */
  ByteBuffer data(int bytes) {
    return data.clear().limit(bytes);
  }

  /** Clears a reply of this length but for its header. */
  void clearReply(int end) {
    for (int at = FuseProtocol.OUT_HEADER_BYTES; at < end; at++) {
      memory.put(OUT + at, (byte) 0);
    }
  }

  void putShort(int field, int value) {
    memory.putShort(OUT + field, (short) value);
  }

  void putInt(int field, int value) {
    memory.putInt(OUT + field, value);
  }

  void putLong(int field, long value) {
    memory.putLong(OUT + field, value);
  }

  /** Tells the kernel something without being asked; 0, or minus the errno. */
  long notify(int descriptor, int code) {
    return reply(descriptor, 0, -code, FuseProtocol.OUT_HEADER_BYTES);
  }

  /** Sends a reply of this length, header and all; 0, or minus the errno. */
  long reply(int descriptor, long unique, int error, int end) {
    putInt(FuseProtocol.OUT_LEN, end);
    putInt(FuseProtocol.OUT_ERROR, -error);
    putLong(FuseProtocol.OUT_UNIQUE, unique);
    long result = FuseCalls.write(descriptor, address + OUT, end);
    return Math.min(0, result);
  }
}
