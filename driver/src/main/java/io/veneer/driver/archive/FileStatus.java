// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the host says of a file, without following it if it is a link.
 *
 * <pre>
 * struct statx (Linux, little-endian here)
 *  16  u32 links      20  u32 owner      24  u32 group     28  u16 mode
 *  32  u64 inode      40  u64 size
 * 112  s64 modified: seconds            120  u32 modified: nanoseconds
 * 128  u32 device major, minor of a device file
 * 136  u32 major, minor of the device that holds the file
 * 256  end
 * </pre>
 *
 * @param mode type and permissions
 * @param owner user id
 * @param group group id
 * @param sizeBytes content of a regular file, length of a link
 * @param links names that the file has
 * @param inode number in its file system
 * @param holder number of the file system
 * @param device major and minor of a device file
 * @param modified time of the last change of the content
 */
record FileStatus(
    int mode,
    long owner,
    long group,
    long sizeBytes,
    long links,
    long inode,
    long holder,
    DeviceNumber device,
    FileTime modified) {
  static final int LENGTH = 256;

  static final int TYPE = 0170000;
  static final int FIFO = 0010000;
  static final int CHARACTER_DEVICE = 0020000;
  static final int FOLDER = 0040000;
  static final int BLOCK_DEVICE = 0060000;
  static final int REGULAR = 0100000;
  static final int LINK = 0120000;
  static final int PERMISSIONS = 07777;

  private static final int LINKS_OFFSET = 16;
  private static final int OWNER_OFFSET = 20;
  private static final int GROUP_OFFSET = 24;
  private static final int MODE_OFFSET = 28;
  private static final int INODE_OFFSET = 32;
  private static final int SIZE_OFFSET = 40;
  private static final int MODIFIED_SECONDS_OFFSET = 112;
  private static final int MODIFIED_NANOS_OFFSET = 120;
  private static final int DEVICE_MAJOR_OFFSET = 128;
  private static final int DEVICE_MINOR_OFFSET = 132;
  private static final int HOLDER_MAJOR_OFFSET = 136;
  private static final int HOLDER_MINOR_OFFSET = 140;

  static FileStatus read(byte[] statx) {
    ByteBuffer buffer = ByteBuffer.wrap(statx).order(ByteOrder.nativeOrder());
    return new FileStatus(
        Short.toUnsignedInt(buffer.getShort(MODE_OFFSET)),
        Integer.toUnsignedLong(buffer.getInt(OWNER_OFFSET)),
        Integer.toUnsignedLong(buffer.getInt(GROUP_OFFSET)),
        buffer.getLong(SIZE_OFFSET),
        Integer.toUnsignedLong(buffer.getInt(LINKS_OFFSET)),
        buffer.getLong(INODE_OFFSET),
        new DeviceNumber(buffer.getInt(HOLDER_MAJOR_OFFSET), buffer.getInt(HOLDER_MINOR_OFFSET))
            .packed(),
        new DeviceNumber(buffer.getInt(DEVICE_MAJOR_OFFSET), buffer.getInt(DEVICE_MINOR_OFFSET)),
        new FileTime(
            buffer.getLong(MODIFIED_SECONDS_OFFSET), buffer.getInt(MODIFIED_NANOS_OFFSET)));
  }

  boolean isFolder() {
    return type() == FOLDER;
  }

  boolean isRegular() {
    return type() == REGULAR;
  }

  boolean isLink() {
    return type() == LINK;
  }

  /** Whether this is what overlayfs hides a name with. */
  boolean isWhiteout() {
    return type() == CHARACTER_DEVICE && device.equals(DeviceNumber.NONE);
  }

  int type() {
    return mode & TYPE;
  }

  int permissions() {
    return mode & PERMISSIONS;
  }
}
