// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Describes a tree, a line a path, both as a host shows it and as the reader does. */
final class Trees {
  private static final String USER = "user.";

  private Trees() {}

  /** What the reader finds. */
  static SortedMap<String, String> of(Ext4FileSystem fileSystem, boolean nanoseconds) {
    SortedMap<String, String> lines = new TreeMap<>();
    visit(fileSystem, fileSystem.root(), "", lines, new HashSet<>(), nanoseconds);
    return lines;
  }

  private static void visit(
      Ext4FileSystem fileSystem,
      Inode directory,
      String path,
      SortedMap<String, String> lines,
      Set<Long> above,
      boolean nanoseconds) {
    lines.put(path, describe(fileSystem, directory, nanoseconds));
    if (!above.add(directory.number())) {
      throw new IllegalStateException("directory in itself: " + path);
    }
    for (DirectoryEntry entry : fileSystem.list(directory)) {
      Inode inode = fileSystem.inode(entry.inode());
      if (entry.type() != null && entry.type() != inode.type()) {
        throw new IllegalStateException("type of " + path + "/" + entry.name());
      }
      String child = path.isEmpty() ? entry.name() : path + "/" + entry.name();
      if (inode.isDirectory()) {
        visit(fileSystem, inode, child, lines, above, nanoseconds);
      } else {
        lines.put(child, describe(fileSystem, inode, nanoseconds));
      }
    }
    above.remove(directory.number());
  }

  private static String describe(Ext4FileSystem fileSystem, Inode inode, boolean nanoseconds) {
    String content =
        switch (inode.type()) {
          case REGULAR -> content(fileSystem.open(inode));
          case LINK -> "-> " + fileSystem.target(inode);
          case CHARACTER_DEVICE, BLOCK_DEVICE -> inode.deviceMajor() + ":" + inode.deviceMinor();
          default -> "";
        };
    SortedMap<String, String> notes = new TreeMap<>();
    fileSystem
        .attributes(inode)
        .forEach(
            (name, value) -> {
              if (name.startsWith(USER)) {
                notes.put(name.substring(USER.length()), digest(value));
              }
            });
    return line(
        inode.type(),
        inode.permissions(),
        inode.owner(),
        inode.group(),
        inode.isDirectory() ? 0 : inode.links(),
        time(inode.modified(), nanoseconds),
        notes,
        content);
  }

  /** Reads in odd pieces, and passes over holes as the file tells them. */
  private static String content(FileContent content) {
    byte[] bytes = new byte[(int) content.sizeBytes()];
    long at = content.nextData(0);
    while (at < bytes.length) {
      long end = content.nextHole(at);
      int length = (int) Math.min(end - at, 70_001);
      int read = content.read(at, ByteBuffer.wrap(bytes, (int) at, length));
      if (read != length) {
        throw new IllegalStateException("read=" + read + " of " + length);
      }
      at += length;
      at = at == end ? content.nextData(at) : at;
    }
    byte[] whole = new byte[bytes.length + 10];
    int read = content.read(0, ByteBuffer.wrap(whole));
    if (read != bytes.length || !Arrays.equals(bytes, Arrays.copyOf(whole, read))) {
      throw new IllegalStateException("two ways of reading differ");
    }
    return bytes.length + " bytes " + digest(bytes);
  }

  /** What the host shows. */
  static SortedMap<String, String> of(Path top, boolean nanoseconds) {
    SortedMap<String, String> lines = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(top)) {
      paths.forEach(
          path -> lines.put(top.relativize(path).toString(), describe(path, nanoseconds)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  private static String describe(Path path, boolean nanoseconds) {
    try {
      Map<String, Object> found = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
      int mode = (int) found.get("mode");
      FileType type = FileType.ofMode(mode & 0xffff);
      long device =
          type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE
              ? (long) found.get("rdev")
              : 0;
      String content =
          switch (type) {
            case REGULAR -> {
              byte[] bytes = Files.readAllBytes(path);
              yield bytes.length + " bytes " + digest(bytes);
            }
            case LINK -> "-> " + Files.readSymbolicLink(path);
            case CHARACTER_DEVICE, BLOCK_DEVICE ->
                (device >>> 8 & 0xfff) + ":" + (device & 0xff | device >>> 12 & 0xfff00);
            default -> "";
          };
      return line(
          type,
          mode & 0xfff,
          (int) found.get("uid"),
          (int) found.get("gid"),
          type == FileType.DIRECTORY ? 0 : (int) found.get("nlink"),
          time(((FileTime) found.get("lastModifiedTime")).toInstant(), nanoseconds),
          notes(path, type),
          content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SortedMap<String, String> notes(Path path, FileType type) throws IOException {
    SortedMap<String, String> notes = new TreeMap<>();
    if (type == FileType.REGULAR || type == FileType.DIRECTORY) {
      UserDefinedFileAttributeView view =
          Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
      for (String name : view.list()) {
        ByteBuffer value = ByteBuffer.allocate(view.size(name));
        view.read(name, value);
        notes.put(name, digest(value.array()));
      }
    }
    return notes;
  }

  static void setAttribute(Path path, String name, byte[] value) throws IOException {
    Files.getFileAttributeView(path, UserDefinedFileAttributeView.class)
        .write(name, ByteBuffer.wrap(value));
  }

  private static String line(
      FileType type,
      int permissions,
      long owner,
      long group,
      int links,
      String modified,
      Map<String, String> notes,
      String content) {
    return String.format(
        "%s %o %d:%d links=%d %s %s %s",
        type, permissions, owner, group, links, modified, notes, content);
  }

  private static String time(Instant time, boolean nanoseconds) {
    return nanoseconds
        ? time.getEpochSecond() + "." + time.getNano()
        : Long.toString(time.getEpochSecond());
  }

  private static String digest(byte[] bytes) {
    return Integer.toHexString(Arrays.hashCode(bytes));
  }
}
