// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import io.veneer.driver.Change;
import io.veneer.driver.ChangeKind;
import io.veneer.driver.DriverException;
import io.veneer.driver.archive.TarEntry.Content;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the archive of a layer: what a folder has at the paths that changed, and whiteouts for
 * what is gone.
 *
 * <p>The same folder and changes always give the same bytes: entries are in the order of their
 * paths, whiteouts have owner 0, mode 0 and time 0, names of users are left out. A file with
 * several names among the changes is stored once, its later names are hard links. Kept is what
 * {@link Unpacker} keeps; holes are stored as zeroes. Sockets are left out, as they mean nothing
 * without their process; so are attributes of overlayfs itself. A path that has disappeared is left
 * out.
 *
 * <p>Links in the way of a path are never followed out of the folder. One thread for one run.
 */
public final class Packer {
  private static final int BUFFER_BYTES = 256 << 10;
  private static final int SOCKET = 0140000;

  private final ConfinedTree tree;
  private final TarWriter writer;
  private final Map<FileIdentity, String> stored = new HashMap<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final byte[] bytes = new byte[BUFFER_BYTES];

  private record FileIdentity(long holder, long inode) {}

  private Packer(ConfinedTree tree, OutputStream stream) {
    this.tree = tree;
    this.writer = new TarWriter(stream);
  }

  /**
   * Writes an archive of changes.
   *
   * @param folder the folder that has them
   * @param changes paths in it, in any order
   * @param tar where the uncompressed archive goes; flushed, not closed
   * @throws DriverException RESOURCE_EXHAUSTED or IO if the host fails, or the stream
   */
  public static void pack(Path folder, List<Change> changes, OutputStream tar) {
    try (ConfinedTree tree = ConfinedTree.open(folder)) {
      Packer packer = new Packer(tree, tar);
      List<Change> sorted = new ArrayList<>(changes);
      sorted.sort(Packer::compareByComponents);
      for (Change change : sorted) {
        packer.add(change);
      }
      packer.writer.finish();
    } catch (IOException e) {
      throw DriverException.io("cannot write an archive folder=" + folder, e);
    }
  }

  /**
   * Writes an archive of all that is in a folder.
   *
   * @param folder the folder
   * @param tar where the uncompressed archive goes; flushed, not closed
   * @throws DriverException RESOURCE_EXHAUSTED or IO if the host fails, or the stream
   */
  public static void packAll(Path folder, OutputStream tar) {
    try (ConfinedTree tree = ConfinedTree.open(folder)) {
      Packer packer = new Packer(tree, tar);
      FolderWalk.run(
          tree.top().again(),
          "",
          (open, name, path, status) -> packer.addFile(open, name, path, status));
      packer.writer.finish();
    } catch (IOException e) {
      throw DriverException.io("cannot write an archive folder=" + folder, e);
    }
  }

  /** A folder, then what is in it, then what comes behind it, whatever sorts below a slash. */
  private static int compareByComponents(Change one, Change other) {
    return one.path().replace('/', '\0').compareTo(other.path().replace('/', '\0'));
  }

  private void add(Change change) throws IOException {
    String path = ByteNames.ofText(change.path());
    if (change.kind() == ChangeKind.DELETED) {
      writer.begin(whiteout(path));
      return;
    }
    int slash = path.lastIndexOf('/');
    List<String> parent = slash < 0 ? List.of() : EntryPath.parse(path.substring(0, slash));
    Optional<ConfinedTree.Found> found = tree.folder(parent, ConfinedTree.MissingFolder.NONE);
    if (found.isPresent()) {
      try (ConfinedTree.Found folder = found.get()) {
        String name = path.substring(slash + 1);
        Optional<FileStatus> status = folder.folder().status(name);
        if (status.isPresent()) {
          addFile(folder.folder(), name, path, status.get());
        }
      }
    }
  }

  static TarEntry whiteout(String path) {
    int slash = path.lastIndexOf('/');
    String mark = path.substring(0, slash + 1) + Whiteout.PREFIX + path.substring(slash + 1);
    return new TarEntry(
        mark,
        FileStatus.REGULAR,
        "",
        0,
        0,
        0,
        FileTime.EPOCH,
        DeviceNumber.NONE,
        Content.NONE,
        Map.of());
  }

  private void addFile(OpenFolder folder, String name, String path, FileStatus status)
      throws IOException {
    if (status.type() == SOCKET) {
      return;
    }
    if (status.isRegular()) {
      addRegular(folder, name, path, status);
      return;
    }
    String link = status.isLink() ? folder.readLink(name).orElse("") : "";
    Optional<String> first = firstName(status, path);
    writer.begin(
        first.isPresent()
            ? hardLink(path, first.get(), status)
            : entry(path, link, status, Content.NONE, attributes(folder, name)));
  }

  private void addRegular(OpenFolder folder, String name, String path, FileStatus status)
      throws IOException {
    Optional<String> first = firstName(status, path);
    if (first.isPresent()) {
      writer.begin(hardLink(path, first.get(), status));
      return;
    }
    Content content = Content.whole(status.sizeBytes());
    try (OpenFile file = folder.openForReading(name)) {
      writer.begin(entry(path, "", status, content, attributes(folder, name)));
      copy(file, status.sizeBytes(), path);
    }
  }

  /** The name under which a file was stored already; else this one is noted. */
  private Optional<String> firstName(FileStatus status, String path) {
    if (status.isFolder() || status.links() == 1) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        stored.putIfAbsent(new FileIdentity(status.holder(), status.inode()), path));
  }

  private void copy(OpenFile file, long sizeBytes, String path) throws IOException {
    long offset = 0;
    while (offset < sizeBytes) {
      buffer.clear().limit((int) Math.min(BUFFER_BYTES, sizeBytes - offset));
      file.read(buffer, offset);
      int count = buffer.flip().remaining();
      if (count == 0) {
        throw new IOException("file became shorter while it was read path=" + ByteNames.text(path));
      }
      buffer.get(bytes, 0, count);
      writer.write(bytes, 0, count);
      offset += count;
    }
  }

  static TarEntry hardLink(String path, String first, FileStatus status) {
    return new TarEntry(
        path,
        TarEntry.HARD_LINK,
        first,
        status.permissions(),
        status.owner(),
        status.group(),
        status.modified(),
        DeviceNumber.NONE,
        Content.NONE,
        Map.of());
  }

  static TarEntry entry(
      String path,
      String link,
      FileStatus status,
      Content content,
      Map<String, byte[]> attributes) {
    boolean isDevice =
        status.type() == FileStatus.CHARACTER_DEVICE || status.type() == FileStatus.BLOCK_DEVICE;
    return new TarEntry(
        path,
        status.type(),
        link,
        status.permissions(),
        status.owner(),
        status.group(),
        status.modified(),
        isDevice ? status.device() : DeviceNumber.NONE,
        content,
        attributes);
  }

  private static Map<String, byte[]> attributes(OpenFolder folder, String name) throws IOException {
    ExtendedAttributes all = folder.attributes(name);
    Map<String, byte[]> kept = new HashMap<>();
    for (String attribute : all.names()) {
      if (Metadata.isOurs(attribute)) {
        all.get(attribute).ifPresent(value -> kept.put(attribute, value));
      }
    }
    return kept;
  }
}
