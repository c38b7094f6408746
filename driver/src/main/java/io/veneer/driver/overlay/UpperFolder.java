// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.overlay;

import io.veneer.driver.host.FileCopy;
import io.veneer.driver.host.HostFiles;
import io.veneer.driver.host.HostNodes;
import io.veneer.driver.layer.Whiteouts;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * What an active layer changed, and how that becomes part of a tree of hard links: files get a
 * second name in the place of what the tree has, whiteouts remove, opaque folders empty. Folders
 * belong to one tree each, so that they are made anew and take the attributes of the upper ones.
 * One thread.
 */
final class UpperFolder {
  private final Path upper;
  private final Whiteouts whiteouts = Whiteouts.overlay();

  UpperFolder(Path upper) {
    this.upper = upper;
  }

  void mergeInto(Path root) throws IOException {
    merge(upper, root);
  }

  private void merge(Path from, Path to) throws IOException {
    if (!Files.isDirectory(to, LinkOption.NOFOLLOW_LINKS) || whiteouts.isOpaque(from)) {
      HostFiles.deleteTree(to);
      Files.createDirectory(to);
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(from)) {
      for (Path entry : entries) {
        mergeEntry(from, entry, to.resolve(entry.getFileName()));
      }
    }
    for (String name : HostNodes.attributes(to).keySet()) {
      if (HostNodes.attribute(from, name).isEmpty()) {
        HostNodes.removeAttribute(to, name);
      }
    }
    FileCopy.copyAttributes(from, to);
  }

  private void mergeEntry(Path folder, Path entry, Path to) throws IOException {
    if (whiteouts.hides(folder, entry.getFileName().toString())) {
      HostFiles.deleteTree(to);
    } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
      merge(entry, to);
    } else {
      HostFiles.deleteTree(to);
      Files.createLink(to, entry);
    }
  }
}
