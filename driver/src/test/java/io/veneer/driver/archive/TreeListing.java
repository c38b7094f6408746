// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All that can be told of the files of a tree, a line for each path, so that two trees can be
 * compared.
 */
public final class TreeListing {
  private final Map<String, String> lines = new TreeMap<>();
  private final Map<List<Long>, String> firstNames = new HashMap<>();
  private final boolean withFolderTimes;

  private TreeListing(boolean withFolderTimes) {
    this.withFolderTimes = withFolderTimes;
  }

  /** Lists everything below a folder, and the folder itself as the empty path. */
  public static Map<String, String> of(Path folder) throws IOException {
    return of(folder, true);
  }

  /** The same, with or without the times of folders. */
  public static Map<String, String> of(Path folder, boolean withFolderTimes) throws IOException {
    TreeListing listing = new TreeListing(withFolderTimes);
    try (OpenFolder top = OpenFolder.open(folder)) {
      listing.add(top, "", "");
      listing.addAllIn(top, "");
    }
    return listing.lines;
  }

  private void addAllIn(OpenFolder folder, String path) throws IOException {
    List<String> names = folder.names();
    names.sort(null);
    for (String name : names) {
      String child = path.isEmpty() ? name : path + "/" + name;
      add(folder, name, child);
      Optional<OpenFolder> below = folder.find(name);
      if (below.isPresent()) {
        try (OpenFolder open = below.get()) {
          addAllIn(open, child);
        }
      }
    }
  }

  private void add(OpenFolder folder, String name, String path) throws IOException {
    FileStatus status = folder.status(name).orElseThrow();
    StringBuilder line = new StringBuilder();
    line.append(String.format("%06o", status.mode()))
        .append(' ')
        .append(status.owner())
        .append(':')
        .append(status.group());
    if (!status.isFolder() || withFolderTimes) {
      line.append(' ').append(status.modified().decimal());
    }
    if (status.isRegular()) {
      line.append(' ').append(status.sizeBytes()).append(' ').append(digest(folder, name));
    } else if (status.isLink()) {
      line.append(" -> ").append(folder.readLink(name).orElseThrow());
    } else if (!status.isFolder()) {
      line.append(' ').append(status.device());
    }
    addAttributes(line, folder.attributes(name));
    addFirstName(line, status, path);
    lines.put(path, line.toString());
  }

  private static void addAttributes(StringBuilder line, ExtendedAttributes attributes)
      throws IOException {
    for (String attribute : attributes.names()) {
      byte[] value = attributes.get(attribute).orElseThrow();
      line.append(' ').append(attribute).append('=').append(HexFormat.of().formatHex(value));
    }
  }

  private void addFirstName(StringBuilder line, FileStatus status, String path) {
    if (!status.isFolder() && status.links() > 1) {
      List<Long> identity = List.of(status.holder(), status.inode());
      line.append(" = ").append(firstNames.computeIfAbsent(identity, key -> path));
    }
  }

  private static String digest(OpenFolder folder, String name) throws IOException {
    try (OpenFile file = folder.openForReading(name)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
      long offset = 0;
      file.read(buffer, offset);
      while (buffer.position() > 0) {
        offset += buffer.position();
        digest.update(buffer.flip());
        file.read(buffer.clear(), offset);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
