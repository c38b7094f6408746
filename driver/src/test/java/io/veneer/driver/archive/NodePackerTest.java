// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.veneer.driver.Change;
import io.veneer.driver.ChangeKind;
import io.veneer.driver.NodeInfo;
import io.veneer.driver.NodeType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same tree gives the same bytes, whichever way it is read. */
class NodePackerTest {
  @TempDir Path folder;

  /** A host's file, told as a node. */
  private record HostNode(Path file) implements PackedNode {
    private Object get(String attribute) {
      try {
        return Files.getAttribute(file, attribute, LinkOption.NOFOLLOW_LINKS);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public NodeInfo info() {
      NodeType type =
          (boolean) get("isDirectory")
              ? NodeType.FOLDER
              : (boolean) get("isSymbolicLink") ? NodeType.LINK : NodeType.FILE;
      return new NodeInfo(
          type,
          (int) get("unix:mode") & 07777,
          (int) get("unix:uid"),
          (int) get("unix:gid"),
          (long) get("size"),
          0,
          (int) get("unix:nlink"),
          ((FileTime) get("lastModifiedTime")).toInstant());
    }

    @Override
    public long identity() {
      return (long) get("unix:ino");
    }

    @Override
    public String linkTarget() {
      try {
        return Files.readSymbolicLink(file).toString();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Map<String, byte[]> attributes() {
      return Map.of();
    }

    @Override
    public void read(long offset, ByteBuffer target) {
      try (FileChannel channel = FileChannel.open(file)) {
        channel.read(target, offset);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void givesTheBytesThatAFolderGives() throws IOException {
    Files.createDirectories(folder.resolve("dir/deep"));
    Files.write(folder.resolve("dir/large"), new byte[700_001]);
    Files.writeString(folder.resolve("dir/deep/ünïcödé"), "text");
    Files.createLink(folder.resolve("second"), folder.resolve("dir/large"));
    Files.createSymbolicLink(folder.resolve("link"), Path.of("t".repeat(150)));
    List<Change> changes =
        List.of(
            new Change("dir", ChangeKind.MODIFIED),
            new Change("dir/deep", ChangeKind.ADDED),
            new Change("dir/deep/ünïcödé", ChangeKind.ADDED),
            new Change("dir/gone", ChangeKind.DELETED),
            new Change("dir/large", ChangeKind.ADDED),
            new Change("link", ChangeKind.ADDED),
            new Change("second", ChangeKind.ADDED));
    ByteArrayOutputStream ofFolder = new ByteArrayOutputStream();
    Packer.pack(folder, changes, ofFolder);
    ByteArrayOutputStream ofNodes = new ByteArrayOutputStream();
    NodePacker.pack(changes, change -> new HostNode(folder.resolve(change.path())), ofNodes);
    assertArrayEquals(ofFolder.toByteArray(), ofNodes.toByteArray());
  }
}
