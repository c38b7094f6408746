// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Does to a mounted tree whatever users do, at random. */
final class TreeOperations {
  private final Path top;
  private final Random random;
  private int number;

  TreeOperations(Path top, Random random) {
    this.top = top;
    this.random = random;
  }

  void run(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      try {
        step();
      } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
        // A name that is taken: the next step is another.
      } catch (FileSystemException e) {
        if (!isHarmless(e)) {
          throw e;
        }
      }
    }
  }

  private static boolean isHarmless(FileSystemException e) {
    String reason = String.valueOf(e.getReason());
    return reason.contains("Invalid argument") // a directory into itself
        || reason.contains("extended attribute") // more than an inode and a block hold
        || reason.contains("Is a directory")
        || reason.contains("Not a directory")
        || reason.contains("not empty");
  }

  private void step() throws IOException {
    List<Path> folders = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(top)) {
      paths.forEach(
          path -> {
            boolean folder = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
            if (!path.equals(top) || folder) {
              (folder ? folders : files).add(path);
            }
          });
    }
    Path folder = folders.get(random.nextInt(folders.size()));
    Path other = folders.get(random.nextInt(folders.size()));
    Path file = files.isEmpty() ? null : files.get(random.nextInt(files.size()));
    Path fresh =
        folder.resolve((random.nextInt(4) == 0 ? "long-" + "y".repeat(90) : "n") + number++);
    switch (random.nextInt(17)) {
      case 0 -> Files.createDirectory(fresh);
      case 1 -> write(fresh, random.nextInt(60_000));
      case 2 -> Files.createSymbolicLink(fresh, Path.of("t".repeat(1 + random.nextInt(100))));
      case 3 -> remove(other);
      case 4 -> moveFolder(other, fresh);
      case 5 -> attribute(folder);
      default -> {
        if (file != null) {
          changeFile(file, fresh, files.get(random.nextInt(files.size())));
        }
      }
    }
  }

  private void changeFile(Path file, Path fresh, Path other) throws IOException {
    boolean regular = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    switch (random.nextInt(14)) {
      case 0 -> Files.delete(file);
      case 1 -> Files.createLink(fresh, file);
      case 2 -> Files.move(file, fresh);
      case 3 -> Files.move(file, other, StandardCopyOption.REPLACE_EXISTING);
      case 4 -> {
        Files.delete(file);
        write(file, random.nextInt(9000));
      }
      case 5 -> {
        Files.delete(file);
        Files.createDirectory(file);
        write(file.resolve("in-it"), 10);
      }
      case 6 -> mode(file, regular);
      case 7 -> readOnly(file, regular);
      case 8 -> touch(file, regular);
      case 9 -> {
        if (regular) {
          attribute(file);
        }
      }
      default -> {
        if (regular) {
          overwrite(file);
        }
      }
    }
  }

  private void mode(Path file, boolean regular) throws IOException {
    if (regular) {
      Files.setAttribute(file, "unix:mode", 0600 | random.nextInt(0100));
    } else {
      Files.setAttribute(file, "unix:uid", random.nextInt(3000), LinkOption.NOFOLLOW_LINKS);
    }
  }

  /** What must not count: reading, and a second name. */
  private void readOnly(Path file, boolean regular) throws IOException {
    if (regular) {
      Files.readAllBytes(file);
    }
    Path second = file.resolveSibling("second-" + number++);
    Files.createLink(second, file);
    Files.delete(second);
  }

  private void touch(Path file, boolean regular) throws IOException {
    if (regular && random.nextBoolean()) {
      FileTime before = Files.getLastModifiedTime(file);
      overwrite(file); // with its old time: only the content tells
      Files.setLastModifiedTime(file, before);
    } else if (regular) {
      Files.setLastModifiedTime(file, FileTime.fromMillis(random.nextInt()));
    }
  }

  private void write(Path file, int size) throws IOException {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    Files.write(file, bytes);
  }

  private void overwrite(Path path) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      long size = file.length();
      switch (random.nextInt(4)) {
        case 0 -> file.setLength(random.nextInt(100_000));
        case 1 -> file.seek(size + random.nextInt(100_000));
        case 2 -> file.seek(size);
        default -> file.seek(size == 0 ? 0 : random.nextLong(size));
      }
      byte[] bytes = new byte[1 + random.nextInt(3000)];
      random.nextBytes(bytes);
      file.write(bytes);
    }
  }

  private void attribute(Path path) throws IOException {
    if (!path.equals(top)) {
      byte[] value = new byte[random.nextInt(900)];
      random.nextBytes(value);
      Trees.setAttribute(path, "a" + random.nextInt(3), value);
    }
  }

  private void moveFolder(Path folder, Path fresh) throws IOException {
    if (!folder.equals(top) && !fresh.startsWith(folder)) {
      Files.move(folder, fresh);
      if (random.nextBoolean()) {
        Files.createDirectory(folder); // a new one where it was
      }
    }
  }

  private void remove(Path folder) throws IOException {
    if (folder.equals(top) || random.nextInt(3) > 0) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }
}
