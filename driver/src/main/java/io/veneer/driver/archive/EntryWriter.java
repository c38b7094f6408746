// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the file of one entry: a folder is kept if one is there, everything else takes the place of
 * what was there. One thread.
 */
final class EntryWriter {
  private static final int OWNER_ALL = 0700;
  private static final int OWNER_READS_AND_WRITES = 0600;

  private final ConfinedTree tree;
  private final UnpackOptions options;
  private final Metadata metadata;
  private final FolderStates folders;
  private final ContentWriter contents = new ContentWriter();

  EntryWriter(ConfinedTree tree, UnpackOptions options, Metadata metadata, FolderStates folders) {
    this.tree = tree;
    this.options = options;
    this.metadata = metadata;
    this.folders = folders;
  }

  /** Makes the file; false if it was left out. */
  boolean write(TarEntry entry, TarReader reader, ConfinedTree.Found parent, String name)
      throws IOException {
    OpenFolder folder = parent.folder();
    switch (entry.type()) {
      case FileStatus.FOLDER -> writeFolder(entry, parent, name);
      case FileStatus.REGULAR -> writeRegular(entry, reader, parent, name);
      case TarEntry.HARD_LINK -> {
        writeHardLink(entry, parent, name);
        return true;
      }
      case FileStatus.LINK -> {
        checkTarget(entry);
        clear(parent, name);
        folder.makeLink(name, entry.link());
      }
      default -> {
        if (!options.asRoot() && entry.type() != FileStatus.FIFO) {
          metadata.leaveOut("device", entry);
          return false;
        }
        clear(parent, name);
        folder.makeNode(name, entry.type() | OWNER_READS_AND_WRITES, entry.device());
      }
    }
    metadata.apply(entry, folder, name);
    return true;
  }

  private void writeFolder(TarEntry entry, ConfinedTree.Found parent, String name)
      throws IOException {
    OpenFolder folder = parent.folder();
    Optional<FileStatus> old = folder.status(name);
    if (old.isEmpty() || !old.get().isFolder()) {
      clear(parent, name);
      folder.makeFolder(name, OWNER_ALL);
    }
    folders.set(pathOf(parent, name), entry.permissions(), entry.modified());
  }

  private void writeRegular(
      TarEntry entry, TarReader reader, ConfinedTree.Found parent, String name) throws IOException {
    OpenFolder folder = parent.folder();
    Optional<FileStatus> old = folder.status(name);
    if (canWriteInPlace(entry, old)) {
      try (OpenFile file = folder.openForWriting(name)) {
        contents.writeDifferences(reader, entry.content(), file, old.get().sizeBytes());
      }
      return;
    }
    clear(parent, name);
    try (OpenFile file = folder.makeFile(name)) {
      contents.write(reader, entry.content(), file);
    }
  }

  /** Not if other names show the same file, and not if holes would have to be made in it. */
  private boolean canWriteInPlace(TarEntry entry, Optional<FileStatus> old) {
    return options.inPlace()
        && old.isPresent()
        && old.get().isRegular()
        && old.get().links() == 1
        && entry.content().storedBytes() == entry.content().sizeBytes()
        && (options.asRoot()
            || (old.get().permissions() & OWNER_READS_AND_WRITES) == OWNER_READS_AND_WRITES);
  }

  private void writeHardLink(TarEntry entry, ConfinedTree.Found parent, String name)
      throws IOException {
    List<String> target = EntryPath.parse(entry.link());
    if (target.isEmpty()) {
      throw noTarget(entry);
    }
    List<String> targetParent = target.subList(0, target.size() - 1);
    String targetName = target.get(target.size() - 1);
    try (ConfinedTree.Found found =
        tree.folder(targetParent, ConfinedTree.MissingFolder.NONE)
            .orElseThrow(() -> noTarget(entry))) {
      checkLinkable(entry, found, targetName);
      boolean itself = found.path().equals(parent.path()) && targetName.equals(name);
      if (!itself) {
        clear(parent, name);
        parent.folder().makeSecondName(name, found.folder(), targetName);
      }
    }
  }

  private void checkLinkable(TarEntry entry, ConfinedTree.Found found, String name)
      throws IOException {
    Optional<FileStatus> status = found.folder().status(name);
    if (status.isEmpty()) {
      String path = ByteNames.text(LayerPaths.join(found.path(), name));
      if (!options.lower().bringUp(path)) {
        throw noTarget(entry);
      }
      status = found.folder().status(name);
    }
    if (status.isEmpty() || status.get().isFolder()) {
      throw noTarget(entry);
    }
  }

  private static RuntimeException noTarget(TarEntry entry) {
    return ArchiveErrors.refused(
        "archive has a hard link to what is no file target=" + ByteNames.text(entry.link()),
        entry.path());
  }

  private static void checkTarget(TarEntry entry) {
    if (entry.link().isEmpty()
        || entry.link().length() > EntryPath.BYTES_MAX
        || entry.link().indexOf('\0') >= 0) {
      throw ArchiveErrors.refused("archive has a link to nothing", entry.path());
    }
  }

  private static void clear(ConfinedTree.Found parent, String name) throws IOException {
    new TreeRemoval(path -> false).remove(parent.folder(), name, name);
  }

  static List<String> pathOf(ConfinedTree.Found parent, String name) {
    List<String> path = new ArrayList<>(parent.path());
    path.add(name);
    return List.copyOf(path);
  }
}
