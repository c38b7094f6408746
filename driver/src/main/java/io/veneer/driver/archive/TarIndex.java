// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import io.veneer.driver.DriverException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the files of an uncompressed archive lie in it, so that they can be read in any order.
 * Links are followed inside the archive only. Cannot be changed; any thread.
 */
public final class TarIndex {
  private static final int LINKS_MAX = 40;

  /**
   * Where a file's bytes are.
   *
   * @param offset of the first in the archive
   * @param sizeBytes how many
   */
  public record Range(long offset, long sizeBytes) {}

  private final Map<String, Range> files = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();

  private TarIndex() {}

  /**
   * Looks through an archive. Of entries with the same path the last counts; sparse files, and
   * entries whose path is none, are left out.
   *
   * @param file an uncompressed archive
   * @return where its files are
   * @throws DriverException DATA_LOSS if it is cut short or damaged, INVALID_ARGUMENT if it has
   *     entries that are not known
   * @throws IOException if it cannot be read
   */
  public static TarIndex read(Path file) throws IOException {
    TarIndex index = new TarIndex();
    long sizeBytes = Files.size(file);
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file))) {
      TarReader reader = new TarReader(stream);
      Optional<TarEntry> entry = reader.next();
      while (entry.isPresent()) {
        index.add(entry.get(), reader.offset());
        entry = reader.next();
      }
      if (reader.offset() > sizeBytes) {
        throw ArchiveErrors.cutShort(sizeBytes);
      }
    }
    return index;
  }

  private void add(TarEntry entry, long offset) {
    String path = normal(List.of(), ByteNames.text(entry.path()));
    files.remove(path);
    links.remove(path);
    boolean isWhole = entry.content().storedBytes() == entry.content().sizeBytes();
    if (entry.isRegular() && isWhole) {
      files.put(path, new Range(offset, entry.content().sizeBytes()));
    } else if (entry.type() == FileStatus.LINK) {
      int slash = path.lastIndexOf('/');
      List<String> parent = slash < 0 ? List.of() : List.of(path.substring(0, slash).split("/"));
      links.put(path, normal(parent, ByteNames.text(entry.link())));
    } else if (entry.type() == TarEntry.HARD_LINK) {
      links.put(path, normal(List.of(), ByteNames.text(entry.link())));
    }
  }

  /**
   * Finds a file.
   *
   * @param path its path
   * @return where it is, or empty if there is no such file
   */
  public Optional<Range> find(String path) {
    String next = normal(List.of(), path);
    for (int i = 0; i < LINKS_MAX && links.containsKey(next); i++) {
      next = links.get(next);
    }
    return Optional.ofNullable(files.get(next));
  }

  /** A path without what does not count; it cannot lead above the archive's own top. */
  private static String normal(List<String> parent, String path) {
    List<String> components = new ArrayList<>(path.startsWith("/") ? List.of() : parent);
    for (String component : path.split("/")) {
      if (component.equals("..")) {
        if (!components.isEmpty()) {
          components.remove(components.size() - 1);
        }
      } else if (!component.isEmpty() && !component.equals(".")) {
        components.add(component);
      }
    }
    return String.join("/", components);
  }
}
