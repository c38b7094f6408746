// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.driver.NodeInfo;
import io.veneer.driver.NodeType;
import io.veneer.driver.archive.PackedNode;
import io.veneer.driver.ext4.Ext4FileSystem;
import io.veneer.driver.ext4.FileContent;
import io.veneer.driver.ext4.FileType;
import io.veneer.driver.ext4.Inode;
import java.nio.ByteBuffer;
import java.util.Map;

/** A file of a volume that is read without a mount, for an archive. One thread. */
final class Ext4Node implements PackedNode {
  private static final int MINOR_LOW_MASK = 0xff;
  private static final int MINOR_HIGH_SHIFT = 12;
  private static final int MAJOR_SHIFT = 8;

  private final Ext4FileSystem fileSystem;
  private final Inode inode;
  private FileContent content;

  Ext4Node(Ext4FileSystem fileSystem, Inode inode) {
    this.fileSystem = fileSystem;
    this.inode = inode;
  }

  @Override
  public NodeInfo info() {
    return new NodeInfo(
        type(inode.type()),
        inode.permissions(),
        (int) inode.owner(),
        (int) inode.group(),
        inode.sizeBytes(),
        deviceNumber(),
        inode.links(),
        inode.modified());
  }

  /** As the C library's {@code dev_t} has it, for the 12 and 20 bits that ext4 keeps. */
  private long deviceNumber() {
    long minor = inode.deviceMinor();
    return (minor & ~MINOR_LOW_MASK) << MINOR_HIGH_SHIFT
        | (long) inode.deviceMajor() << MAJOR_SHIFT
        | minor & MINOR_LOW_MASK;
  }

  private static NodeType type(FileType type) {
    return switch (type) {
      case REGULAR -> NodeType.FILE;
      case DIRECTORY -> NodeType.FOLDER;
      case LINK -> NodeType.LINK;
      case PIPE -> NodeType.FIFO;
      case SOCKET -> NodeType.SOCKET;
      case CHARACTER_DEVICE -> NodeType.CHARACTER_DEVICE;
      case BLOCK_DEVICE -> NodeType.BLOCK_DEVICE;
    };
  }

  @Override
  public long identity() {
    return inode.number();
  }

  @Override
  public String linkTarget() {
    return fileSystem.target(inode);
  }

  @Override
  public Map<String, byte[]> attributes() {
    return fileSystem.attributes(inode);
  }

  @Override
  public void read(long offset, ByteBuffer target) {
    if (content == null) {
      content = fileSystem.open(inode);
    }
    content.read(offset, target);
  }
}
