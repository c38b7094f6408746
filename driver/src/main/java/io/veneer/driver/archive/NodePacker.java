// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import io.veneer.driver.Change;
import io.veneer.driver.ChangeKind;
import io.veneer.driver.DriverException;
import io.veneer.driver.NodeInfo;
import io.veneer.driver.NodeType;
import io.veneer.driver.archive.TarEntry.Content;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes the archive of a layer whose tree is read without a host's folder. The same changes and
 * nodes give the same bytes that {@link Packer} writes of a folder that shows them. One thread for
 * one run.
 */
public final class NodePacker {
  private static final int BUFFER_BYTES = 256 << 10;

  private final TarWriter writer;
  private final Map<Long, String> stored = new HashMap<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

  private NodePacker(OutputStream stream) {
    this.writer = new TarWriter(stream);
  }

  /**
   * Writes an archive of changes.
   *
   * @param changes in the order of their paths
   * @param nodes gives what is there now; not asked for what is DELETED
   * @param tar where the uncompressed archive goes; flushed, not closed
   * @throws DriverException IO if the stream fails, and what the nodes throw
   */
  public static void pack(
      List<Change> changes, Function<Change, PackedNode> nodes, OutputStream tar) {
    NodePacker packer = new NodePacker(tar);
    try {
      for (Change change : changes) {
        String path = ByteNames.ofText(change.path());
        if (change.kind() == ChangeKind.DELETED) {
          packer.writer.begin(Packer.whiteout(path));
        } else {
          packer.add(path, nodes.apply(change));
        }
      }
      packer.writer.finish();
    } catch (IOException e) {
      throw DriverException.io("cannot write an archive", e);
    }
  }

  private void add(String path, PackedNode node) throws IOException {
    NodeInfo info = node.info();
    if (info.type() == NodeType.SOCKET) {
      return;
    }
    FileStatus status = status(info, node.identity());
    String first =
        info.isFolder() || info.names() == 1 ? null : stored.putIfAbsent(node.identity(), path);
    if (first != null) {
      writer.begin(Packer.hardLink(path, first, status));
      return;
    }
    boolean file = info.type() == NodeType.FILE;
    String link = info.type() == NodeType.LINK ? ByteNames.ofText(node.linkTarget()) : "";
    Content content = file ? Content.whole(info.sizeBytes()) : Content.NONE;
    writer.begin(Packer.entry(path, link, status, content, attributes(node)));
    if (file) {
      copy(node, info.sizeBytes());
    }
  }

  private static Map<String, byte[]> attributes(PackedNode node) {
    return node.attributes().entrySet().stream()
        .filter(each -> Metadata.isOurs(each.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private void copy(PackedNode node, long sizeBytes) throws IOException {
    for (long offset = 0; offset < sizeBytes; offset += buffer.limit()) {
      buffer.clear().limit((int) Math.min(BUFFER_BYTES, sizeBytes - offset));
      node.read(offset, buffer);
      writer.write(buffer.array(), 0, buffer.limit());
    }
  }

  private static FileStatus status(NodeInfo info, long identity) {
    return new FileStatus(
        type(info.type()) | info.permissions(),
        Integer.toUnsignedLong(info.owner()),
        Integer.toUnsignedLong(info.group()),
        info.sizeBytes(),
        info.names(),
        identity,
        0,
        DeviceNumber.unpacked(info.deviceNumber()),
        new FileTime(info.modified().getEpochSecond(), info.modified().getNano()));
  }

  private static int type(NodeType type) {
    return switch (type) {
      case FILE -> FileStatus.REGULAR;
      case FOLDER -> FileStatus.FOLDER;
      case LINK -> FileStatus.LINK;
      case FIFO -> FileStatus.FIFO;
      case CHARACTER_DEVICE -> FileStatus.CHARACTER_DEVICE;
      case BLOCK_DEVICE -> FileStatus.BLOCK_DEVICE;
      case SOCKET -> throw new IllegalArgumentException("sockets are not packed");
    };
  }
}
