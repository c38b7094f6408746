// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes trees of files with everything in them that a host lets be made, from a seed. */
final class SampleTree {
  private final Random random;
  private final Path top;
  private final List<Path> folders = new ArrayList<>();
  private final List<Path> files = new ArrayList<>();

  private final boolean holesAtEnd;

  private SampleTree(Path top, long seed, boolean holesAtEnd) {
    this.top = top;
    this.holesAtEnd = holesAtEnd;
    this.random = new Random(seed);
    folders.add(top);
  }

  static Path make(Path top, long seed, int count) throws IOException {
    return make(top, seed, count, true);
  }

  /** Some versions of mkfs lose a hole at a file's end where files lie in inodes. */
  static Path make(Path top, long seed, int count, boolean holesAtEnd) throws IOException {
    Files.createDirectories(top);
    SampleTree tree = new SampleTree(top, seed, holesAtEnd);
    for (int i = 0; i < count; i++) {
      tree.addSomething(i);
    }
    tree.addManyNames();
    tree.setTimes();
    return top;
  }

  private void addSomething(int number) throws IOException {
    Path folder = folders.get(random.nextInt(folders.size()));
    Path path = folder.resolve(name(number));
    switch (random.nextInt(10)) {
      case 0, 1 -> folders.add(Files.createDirectory(path));
      case 2 -> Files.createSymbolicLink(path, Path.of(target()));
      case 3 -> link(path);
      case 4 -> sparse(path);
      case 5 -> special(path);
      default -> file(path, random.nextInt(4) == 0 ? random.nextInt(200_000) : random.nextInt(300));
    }
  }

  private String name(int number) {
    return switch (random.nextInt(8)) {
      case 0 -> "ünïcödé " + number;
      case 1 -> "n" + "x".repeat(200) + number;
      default -> "f" + number;
    };
  }

  private String target() {
    return random.nextBoolean()
        ? "short/target"
        : "long/" + "t".repeat(20 + random.nextInt(900)).replaceAll("(.{100})", "$1/");
  }

  private void link(Path path) throws IOException {
    if (files.isEmpty()) {
      file(path, 10);
    } else {
      Files.createLink(path, files.get(random.nextInt(files.size())));
    }
  }

  private void file(Path path, int size) throws IOException {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    Files.write(path, bytes);
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(random.nextBoolean() ? "rw-r-----" : "rwxr-xr-x"));
    if (random.nextInt(5) == 0) {
      byte[] value = new byte[random.nextInt(600)];
      random.nextBytes(value);
      Trees.setAttribute(path, "note" + random.nextInt(3), value);
    }
    if (HostProgram.isRoot() && random.nextInt(5) == 0) {
      Files.setAttribute(path, "unix:uid", random.nextInt(200_000));
      Files.setAttribute(path, "unix:gid", random.nextInt(200_000));
    }
    files.add(path);
  }

  private void sparse(Path path) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      for (int i = 0; i < 1 + random.nextInt(12); i++) {
        file.seek(random.nextInt(4_000_000));
        byte[] bytes = new byte[1 + random.nextInt(5000)];
        random.nextBytes(bytes);
        file.write(bytes);
      }
      file.setLength(file.length() + (holesAtEnd ? random.nextInt(100_000) : 0));
    }
    files.add(path);
  }

  private void special(Path path) {
    if (HostProgram.isRoot() && random.nextBoolean()) {
      String kind = random.nextBoolean() ? "b" : "c";
      HostProgram.run("mknod", path, kind, random.nextInt(4000), random.nextInt(100_000));
    } else {
      HostProgram.run("mkfifo", path);
    }
  }

  /** Enough names for a directory with an index. */
  private void addManyNames() throws IOException {
    Path many = Files.createDirectory(top.resolve("many"));
    for (int i = 0; i < 700; i++) {
      Files.createFile(many.resolve("name-that-takes-some-room-" + i));
    }
  }

  private void setTimes() throws IOException {
    for (Path file : files) {
      Files.setLastModifiedTime(file, FileTime.from(time()));
    }
    for (Path folder : folders) {
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        Files.setLastModifiedTime(folder, FileTime.from(time()));
      }
    }
  }

  /** Until 2038: some versions of mkfs take the lower 32 bits only. */
  private Instant time() {
    return Instant.ofEpochSecond(random.nextLong(0, 2_000_000_000L), random.nextInt(1_000_000_000));
  }
}
