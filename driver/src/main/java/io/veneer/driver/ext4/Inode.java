// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * One inode as it was read: what a file, directory, link or device is besides its names and its
 * content. Cannot be changed; any thread.
 */
public final class Inode {
  /** The root directory's number. */
  public static final long ROOT = 2;

  private final long number;
  private final FileType type;
  private final int permissions;

  /** The whole inode, little-endian; read by absolute position only. */
  private final ByteBuffer image;

  Inode(long number, FileType type, int permissions, ByteBuffer image) {
    this.number = number;
    this.type = type;
    this.permissions = permissions;
    this.image = image;
  }

  /**
   * Its number, unique in its file system.
   *
   * @return 1 or more
   */
  public long number() {
    return number;
  }

  /**
   * What it is.
   *
   * @return the type
   */
  public FileType type() {
    return type;
  }

  /**
   * Whether it is a directory.
   *
   * @return true for a directory
   */
  public boolean isDirectory() {
    return type == FileType.DIRECTORY;
  }

  /**
   * Its permission bits, with set-user-id, set-group-id and sticky.
   *
   * @return 0 to 07777
   */
  public int permissions() {
    return permissions;
  }

  /**
   * Its owner.
   *
   * @return user id
   */
  public long owner() {
    return Integer.toUnsignedLong(InodeFormat.owner(image));
  }

  /**
   * Its group.
   *
   * @return group id
   */
  public long group() {
    return Integer.toUnsignedLong(InodeFormat.group(image));
  }

  /**
   * How many names it has; of a directory, how many directories name it.
   *
   * @return 1 or more; 1 also for a directory with more sub-directories than can be counted
   */
  public int links() {
    return InodeFormat.links(image);
  }

  /**
   * Its size: of a regular file its bytes, of a link the length of its target.
   *
   * @return size in bytes, 0 or more
   */
  public long sizeBytes() {
    return InodeFormat.sizeBytes(image);
  }

  /**
   * When its content was last changed.
   *
   * @return the time, in nanoseconds where the file system has room for them
   */
  public Instant modified() {
    return InodeFormat.modified(image);
  }

  /**
   * Which use of its number this is: a number that is used again gets another generation.
   *
   * @return any number
   */
  public int generation() {
    return InodeFormat.generation(image);
  }

  /**
   * The major number of a device.
   *
   * @return 0 for what is no device
   */
  public int deviceMajor() {
    return isDevice() ? DeviceNumberFormat.major(image, InodeFormat.CONTENT_AT) : 0;
  }

  /**
   * The minor number of a device.
   *
   * @return 0 for what is no device
   */
  public int deviceMinor() {
    return isDevice() ? DeviceNumberFormat.minor(image, InodeFormat.CONTENT_AT) : 0;
  }

  private boolean isDevice() {
    return type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
  }

  boolean has(int flag) {
    return (InodeFormat.flags(image) & flag) != 0;
  }

  /** Whether the other is the same use of the same inode, whatever has changed in it. */
  boolean isSameFileAs(Inode other) {
    return number == other.number && generation() == other.generation() && type == other.type;
  }

  ByteBuffer image() {
    return image;
  }

  @Override
  public String toString() {
    return "inode " + number + " " + type;
  }
}
