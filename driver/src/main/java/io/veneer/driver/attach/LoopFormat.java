// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The structures of the kernel's loop devices. Source: {@code include/uapi/linux/loop.h}. All
 * fields are in the machine's byte order.
 *
 * <pre>
 * loop_config   fd u32 | block_size u32 | loop_info64 | 64 bytes
 * loop_info64   device u64 | inode u64 | rdevice u64 | offset u64 | sizelimit u64 | number u32
 *               | 8 bytes | flags u32 | file name, 64 bytes | 112 bytes
 * </pre>
 */
final class LoopFormat {
  static final int LOOP_CLR_FD = 0x4C01;
  static final int LOOP_GET_STATUS64 = 0x4C05;
  static final int LOOP_SET_CAPACITY = 0x4C07;
  static final int LOOP_CONFIGURE = 0x4C0A;
  static final int LOOP_CTL_ADD = 0x4C80;
  static final int LOOP_CTL_GET_FREE = 0x4C82;

  static final int LO_FLAGS_READ_ONLY = 1;
  static final int LO_FLAGS_AUTOCLEAR = 4;
  static final int LO_FLAGS_DIRECT_IO = 16;

  private static final int NAME_BYTES = 64;
  private static final int INFO_FLAGS = 5 * Long.BYTES + 3 * Integer.BYTES;
  private static final int INFO_NAME = INFO_FLAGS + Integer.BYTES;
  private static final int INFO_CRYPT_NAME = INFO_NAME + NAME_BYTES;
  private static final int INFO_KEY = INFO_CRYPT_NAME + NAME_BYTES;
  private static final int INFO_INIT = INFO_KEY + 32;
  static final int INFO_BYTES = INFO_INIT + 2 * Long.BYTES;

  private static final int CONFIG_FD = 0;
  private static final int CONFIG_BLOCK_SIZE = CONFIG_FD + Integer.BYTES;
  private static final int CONFIG_INFO = CONFIG_BLOCK_SIZE + Integer.BYTES;
  static final int CONFIG_BYTES = CONFIG_INFO + INFO_BYTES + 8 * Long.BYTES;

  private LoopFormat() {}

  /** What {@code LOOP_CONFIGURE} takes; the file name is for people, and cut if it is long. */
  static byte[] config(int file, int sectorBytes, int flags, byte[] fileName) {
    ByteBuffer config = ByteBuffer.allocate(CONFIG_BYTES).order(ByteOrder.nativeOrder());
    config.putInt(CONFIG_FD, file);
    config.putInt(CONFIG_BLOCK_SIZE, sectorBytes);
    config.putInt(CONFIG_INFO + INFO_FLAGS, flags);
    config.put(CONFIG_INFO + INFO_NAME, fileName, 0, Math.min(fileName.length, NAME_BYTES - 1));
    return config.array();
  }

  /** The flags in what {@code LOOP_GET_STATUS64} gave. */
  static int flags(byte[] info) {
    return ByteBuffer.wrap(info).order(ByteOrder.nativeOrder()).getInt(INFO_FLAGS);
  }
}
