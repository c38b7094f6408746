// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import io.veneer.driver.NodeType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * What the host says of a file, of a link itself and not of what it leads to.
 *
 * <pre>
 * struct statx, byte order of the machine (statx(2))
 *  16  u32 names     20  u32 owner     24  u32 group     28  u16 mode
 *  32  u64 inode     40  u64 size      48  u64 blocks of 512 bytes
 *  64  s64 accessed: seconds           72  u32 accessed: nanoseconds
 * 112  s64 modified: seconds          120  u32 modified: nanoseconds
 * 128  u32 major, minor of a device   136  u32 major, minor of the holding device
 * 256  end
 * </pre>
 *
 * @param type what it is
 * @param permissions the low 12 bits of the mode
 * @param owner user id
 * @param group group id
 * @param sizeBytes length of the content, or of a link's target
 * @param allocatedBytes what the file system keeps for it
 * @param inode number in its file system
 * @param holder number of the file system
 * @param deviceNumber number of a device as {@code dev_t} has it, otherwise 0
 * @param names how many names it has
 * @param accessed time of the last reading
 * @param modified time of the last change of the content
 */
public record FileStatus(
    NodeType type,
    int permissions,
    int owner,
    int group,
    long sizeBytes,
    long allocatedBytes,
    long inode,
    long holder,
    long deviceNumber,
    int names,
    Instant accessed,
    Instant modified) {

  static final int STATX_LENGTH = 256;

  private static final int NAMES_OFFSET = 16;
  private static final int OWNER_OFFSET = 20;
  private static final int GROUP_OFFSET = 24;
  private static final int MODE_OFFSET = 28;
  private static final int INODE_OFFSET = 32;
  private static final int SIZE_OFFSET = 40;
  private static final int BLOCKS_OFFSET = 48;
  private static final int ACCESSED_OFFSET = 64;
  private static final int MODIFIED_OFFSET = 112;
  private static final int DEVICE_OFFSET = 128;
  private static final int HOLDER_OFFSET = 136;

  private static final int BYTES_PER_BLOCK = 512;
  private static final int PERMISSIONS = 07777;

  /**
   * Looks a file up.
   *
   * @param path the file
   * @return what the host says
   * @throws NoSuchFileException if there is none
   * @throws IOException if the host fails
   */
  public static FileStatus of(Path path) throws IOException {
    return find(path).orElseThrow(() -> new NoSuchFileException(path.toString()));
  }

  /**
   * Looks a file up that may be missing.
   *
   * @param path the file
   * @return what the host says, or empty if there is none
   * @throws IOException if the host fails
   */
  public static Optional<FileStatus> find(Path path) throws IOException {
    byte[] statx = new byte[STATX_LENGTH];
    return NodeCalls.statx(path, statx) ? Optional.of(read(statx)) : Optional.empty();
  }

  /**
   * Tells whether it is a folder.
   *
   * @return false for a link to one
   */
  public boolean isFolder() {
    return type == NodeType.FOLDER;
  }

  /**
   * Tells whether it is a regular file.
   *
   * @return false for a link to one
   */
  public boolean isFile() {
    return type == NodeType.FILE;
  }

  /**
   * Tells whether another name is a name of the same file.
   *
   * @param other the status of the other name
   * @return true if both are one file
   */
  public boolean isSameFile(FileStatus other) {
    return inode == other.inode && holder == other.holder;
  }

  static FileStatus read(byte[] statx) {
    ByteBuffer bytes = ByteBuffer.wrap(statx).order(ByteOrder.nativeOrder());
    int mode = bytes.getShort(MODE_OFFSET) & 0xffff;
    return new FileStatus(
        type(mode),
        mode & PERMISSIONS,
        bytes.getInt(OWNER_OFFSET),
        bytes.getInt(GROUP_OFFSET),
        bytes.getLong(SIZE_OFFSET),
        bytes.getLong(BLOCKS_OFFSET) * BYTES_PER_BLOCK,
        bytes.getLong(INODE_OFFSET),
        deviceNumber(bytes, HOLDER_OFFSET),
        deviceNumber(bytes, DEVICE_OFFSET),
        bytes.getInt(NAMES_OFFSET),
        instant(bytes, ACCESSED_OFFSET),
        instant(bytes, MODIFIED_OFFSET));
  }

  private static Instant instant(ByteBuffer bytes, int offset) {
    return Instant.ofEpochSecond(bytes.getLong(offset), bytes.getInt(offset + Long.BYTES));
  }

  /** Major and minor as the C library packs them: MMMM Mmmm mmmM MMmm in hex digits. */
  private static long deviceNumber(ByteBuffer bytes, int offset) {
    long major = Integer.toUnsignedLong(bytes.getInt(offset));
    long minor = Integer.toUnsignedLong(bytes.getInt(offset + Integer.BYTES));
    return (major & 0xfffff000L) << 32
        | (minor & 0xffffff00L) << 12
        | (major & 0xfffL) << 8
        | minor & 0xffL;
  }

  private static NodeType type(int mode) {
    return switch (mode >> 12) {
      case 001 -> NodeType.FIFO;
      case 002 -> NodeType.CHARACTER_DEVICE;
      case 004 -> NodeType.FOLDER;
      case 006 -> NodeType.BLOCK_DEVICE;
      case 012 -> NodeType.LINK;
      case 014 -> NodeType.SOCKET;
      default -> NodeType.FILE;
    };
  }

  static int typeBits(NodeType type) {
    return switch (type) {
      case FIFO -> 0010000;
      case CHARACTER_DEVICE -> 0020000;
      case FOLDER -> 0040000;
      case BLOCK_DEVICE -> 0060000;
      case FILE -> 0100000;
      case LINK -> 0120000;
      case SOCKET -> 0140000;
    };
  }
}
