// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import io.veneer.driver.DriverException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Applies the archive of a layer to a folder.
 *
 * <p>Nothing outside of the folder is ever touched, whatever the archive says: a path with {@code
 * ..} is refused, an absolute one begins at the folder, and links in the way of a path lead to
 * where they would if the folder were the root of a file system. Later entries win over earlier
 * ones. Whiteouts hide what layers below have and never what the same archive brings, in whatever
 * order. Folders that are missing are made with mode 0755 and time 0; folders that the archive does
 * not name keep their times.
 *
 * <p>Kept are content and holes, owners by number, modes with setuid, setgid and sticky bits, times
 * of change in nanoseconds (the time of access becomes the same), links, hard links, devices, pipes
 * and extended attributes. Not kept are owners by name, and attributes of overlayfs itself.
 *
 * <p>What is unpacked is forced to the disk only if that is asked for. After a failure the folder
 * holds a part. One thread for one run; other runs and other threads are free, if they leave the
 * folder alone.
 */
public final class Unpacker {
  private static final int MISSING_FOLDER_PERMISSIONS = 0755;

  private final TarReader reader;
  private final ConfinedTree tree;
  private final UnpackOptions options;
  private final Metadata metadata;
  private final FolderStates folders = new FolderStates();
  private final LayerPaths paths = new LayerPaths();
  private final EntryWriter writer;
  private long entries;
  private long contentBytes;

  private Unpacker(TarReader reader, ConfinedTree tree, UnpackOptions options) {
    this.reader = reader;
    this.tree = tree;
    this.options = options;
    this.metadata = new Metadata(options.asRoot());
    this.writer = new EntryWriter(tree, options, metadata, folders);
  }

  /**
   * Unpacks an archive.
   *
   * @param tar an uncompressed archive, see {@link Compression} for others; read to its end, also
   *     behind the archive's own end, and not closed
   * @param folder a folder that is there
   * @param options how
   * @return what was unpacked
   * @throws DriverException DATA_LOSS if the archive is cut short or damaged; INVALID_ARGUMENT if
   *     it has entries that are refused; RESOURCE_EXHAUSTED if there is no space; IO if the host
   *     fails
   */
  public static Unpacked unpack(InputStream tar, Path folder, UnpackOptions options) {
    try (ForcedTree forced = options.forced() ? ForcedTree.watch(folder) : null;
        ConfinedTree tree = ConfinedTree.open(folder)) {
      Unpacked unpacked = new Unpacker(new TarReader(tar), tree, options).run();
      if (forced != null) {
        forced.force();
      }
      return unpacked;
    } catch (IOException e) {
      throw DriverException.io("cannot unpack an archive folder=" + folder, e);
    }
  }

  private Unpacked run() throws IOException {
    Optional<TarEntry> entry = reader.next();
    while (entry.isPresent()) {
      unpack(entry.get());
      entries++;
      entry = reader.next();
    }
    folders.apply(tree);
    reader.drain();
    return new Unpacked(entries, contentBytes, metadata.leftOut());
  }

  private void unpack(TarEntry entry) throws IOException {
    List<String> path = EntryPath.parse(entry.path());
    if (path.isEmpty()) {
      unpackTop(entry);
      return;
    }
    Whiteout whiteout = Whiteout.of(path);
    List<String> parent = path.subList(0, path.size() - 1);
    switch (whiteout.kind()) {
      case NONE -> unpackFile(entry, parent, path.get(path.size() - 1));
      case HIDES -> hide(parent, whiteout.name());
      case OPAQUE -> hideAll(parent);
      default -> metadata.leaveOut("file of aufs itself", entry);
    }
  }

  private void unpackTop(TarEntry entry) throws IOException {
    if (!entry.isFolder()) {
      throw ArchiveErrors.refused("archive has a file without a name", entry.path());
    }
    metadata.apply(entry, tree.top(), "");
    folders.set(List.of(), entry.permissions(), entry.modified());
  }

  private void unpackFile(TarEntry entry, List<String> parentPath, String name) throws IOException {
    try (ConfinedTree.Found parent = openOrMake(parentPath)) {
      folders.keep(parent.folder(), parent.path());
      boolean revealed = options.whiteouts().reveal(parent.folder(), name);
      if (!writer.write(entry, reader, parent, name)) {
        return;
      }
      if (revealed && entry.isFolder()) {
        setOpaque(parent.folder(), name);
      }
      paths.add(parent.path(), name);
      contentBytes += entry.content().sizeBytes();
    }
  }

  private ConfinedTree.Found openOrMake(List<String> path) throws IOException {
    return tree.folder(path, this::makeMissing)
        .orElseThrow(() -> new AssertionError("a missing folder is made"));
  }

  private boolean makeMissing(OpenFolder parent, List<String> parentPath, String name)
      throws IOException {
    folders.keep(parent, parentPath);
    boolean revealed = options.whiteouts().reveal(parent, name);
    String path = LayerPaths.join(parentPath, name);
    if (!revealed
        && parent.status(name).isEmpty()
        && options.lower().bringUp(ByteNames.text(path))) {
      return true;
    }
    if (parent.status(name).isPresent()) {
      return true; // no folder: the walk says so
    }
    parent.makeFolder(name, MISSING_FOLDER_PERMISSIONS);
    folders.set(List.of(path.split("/")), MISSING_FOLDER_PERMISSIONS, FileTime.EPOCH);
    if (revealed) {
      setOpaque(parent, name);
    }
    return true;
  }

  private void hide(List<String> parentPath, String name) throws IOException {
    if (options.whiteouts() == WhiteoutForm.REMOVE) {
      removeLower(parentPath, name);
      return;
    }
    try (ConfinedTree.Found parent = openOrMake(parentPath)) {
      folders.keep(parent.folder(), parent.path());
      String path = LayerPaths.join(parent.path(), name);
      if (!paths.contains(path)) {
        options.whiteouts().reveal(parent.folder(), name);
        new TreeRemoval(paths::contains).remove(parent.folder(), name, path);
        options.whiteouts().hide(parent.folder(), name);
      } else {
        setOpaque(parent.folder(), name);
      }
    }
  }

  private void hideAll(List<String> folderPath) throws IOException {
    if (options.whiteouts() == WhiteoutForm.REMOVE) {
      removeAllLower(folderPath);
      return;
    }
    try (ConfinedTree.Found folder = openOrMake(folderPath)) {
      folders.keep(folder.folder(), folder.path());
      options.whiteouts().setOpaque(folder.folder());
    }
  }

  private void removeLower(List<String> parentPath, String name) throws IOException {
    Optional<ConfinedTree.Found> found = tree.folder(parentPath, ConfinedTree.MissingFolder.NONE);
    if (found.isPresent()) {
      try (ConfinedTree.Found parent = found.get()) {
        folders.keep(parent.folder(), parent.path());
        new TreeRemoval(paths::contains)
            .remove(parent.folder(), name, LayerPaths.join(parent.path(), name));
      }
    }
  }

  private void removeAllLower(List<String> folderPath) throws IOException {
    Optional<ConfinedTree.Found> found = tree.folder(folderPath, ConfinedTree.MissingFolder.NONE);
    if (found.isPresent()) {
      try (ConfinedTree.Found folder = found.get()) {
        folders.keep(folder.folder(), folder.path());
        new TreeRemoval(paths::contains)
            .removeAllIn(folder.folder().again(), String.join("/", folder.path()));
      }
    }
  }

  /** Marks a folder of this layer as hiding the one below; a file hides it anyway. */
  private void setOpaque(OpenFolder parent, String name) throws IOException {
    Optional<OpenFolder> folder = parent.find(name);
    if (folder.isPresent()) {
      try (OpenFolder open = folder.get()) {
        options.whiteouts().setOpaque(open);
      }
    }
  }
}
