// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFilesTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  @Test
  void replacingLeavesTheNewContentAndNothingElse() throws IOException {
    Path file = folder.resolve("record");
    HostFiles.replace(file, "one".getBytes(StandardCharsets.UTF_8));
    HostFiles.replace(file, "two".getBytes(StandardCharsets.UTF_8));
    assertEquals("two", Files.readString(file));
    assertEquals(List.of(file), listed(folder));
  }

  @Test
  void copiesKeepContentAndHoles() throws IOException {
    Path from = folder.resolve("from");
    byte[] data = random(3 * MIB + 100);
    try (RandomAccessFile file = new RandomAccessFile(from.toFile(), "rw")) {
      file.seek(16 * MIB);
      file.write(data);
      file.setLength(64 * MIB);
    }
    Path to = folder.resolve("to");
    long copiedBytes = FileCopy.copy(from, to);
    assertEquals(-1, Files.mismatch(from, to));
    assertTrue(copiedBytes >= data.length && copiedBytes < data.length + MIB, "" + copiedBytes);
    long heldBytes = HostFiles.sizeOf(to).allocatedBytes();
    assertTrue(heldBytes < 5 * MIB, "holes are stored, heldBytes=" + heldBytes);
  }

  @Test
  void emptyFilesAndFilesThatAreOneHoleAreCopied() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty"));
    Path hole = folder.resolve("hole");
    try (RandomAccessFile file = new RandomAccessFile(hole.toFile(), "rw")) {
      file.setLength(MIB);
    }
    assertEquals(0, FileCopy.copy(empty, folder.resolve("empty2")));
    assertEquals(0, FileCopy.copy(hole, folder.resolve("hole2")));
    assertEquals(0, Files.size(folder.resolve("empty2")));
    assertEquals(MIB, Files.size(folder.resolve("hole2")));
  }

  @Test
  void aCopyDoesNotReplaceAFileAndSaysWhy() throws IOException {
    Path from = Files.writeString(folder.resolve("from"), "new");
    Path to = Files.writeString(folder.resolve("to"), "precious");
    IOException e = assertThrows(IOException.class, () -> FileCopy.copy(from, to));
    assertTrue(e.getMessage().contains(to.toString()), e.getMessage());
    assertEquals("precious", Files.readString(to));
    assertThrows(IOException.class, () -> FileCopy.copy(folder.resolve("nothing"), to));
  }

  @Test
  void treesAreCopiedWithLinksOfBothKinds() throws IOException {
    Path from = givenTree();
    Path to = folder.resolve("to");
    assertEquals(5000, TreeCopy.copy(from, to));
    assertArrayEquals(
        Files.readAllBytes(from.resolve("a/one")), Files.readAllBytes(to.resolve("a/one")));
    assertTrue(Files.isSameFile(to.resolve("a/one"), to.resolve("b/same")));
    assertFalse(Files.isSameFile(to.resolve("a/one"), from.resolve("a/one")));
    assertEquals(Path.of("../a/one"), Files.readSymbolicLink(to.resolve("b/link")));
  }

  @Test
  void linkedTreesShareTheirFiles() throws IOException {
    Path from = givenTree();
    Path to = folder.resolve("to");
    TreeCopy.link(from, to);
    assertTrue(Files.isSameFile(to.resolve("a/one"), from.resolve("a/one")));
    Path newer = Files.createDirectories(folder.resolve("newer/a"));
    Files.writeString(newer.resolve("one"), "newer");
    TreeCopy.link(folder.resolve("newer"), to);
    assertEquals("newer", Files.readString(to.resolve("a/one")));
    assertEquals(5000, Files.size(from.resolve("a/one")));
  }

  @Test
  void filesWithSeveralNamesAreCountedOnce() throws IOException {
    Path from = givenTree();
    HostFiles.TreeSize size = HostFiles.sizeOf(from);
    assertEquals(5, size.inodes(), "three folders, a file and a link");
    Path to = folder.resolve("to");
    TreeCopy.link(from, to);
    assertEquals(3, HostFiles.sizeOf(to, Optional.of(from)).inodes(), "folders only");
  }

  @Test
  void deletingRemovesLinksAndNotWhatTheyLeadTo() throws IOException {
    Path kept = Files.createDirectory(folder.resolve("kept"));
    Files.writeString(kept.resolve("file"), "x");
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Files.createSymbolicLink(tree.resolve("link"), kept);
    HostFiles.deleteTree(tree);
    HostFiles.deleteTree(tree);
    assertFalse(Files.exists(tree, LinkOption.NOFOLLOW_LINKS));
    assertEquals("x", Files.readString(kept.resolve("file")));
  }

  private Path givenTree() throws IOException {
    Path tree = folder.resolve("tree");
    Files.createDirectories(tree.resolve("a"));
    Files.createDirectories(tree.resolve("b"));
    Files.write(tree.resolve("a/one"), random(5000));
    Files.createLink(tree.resolve("b/same"), tree.resolve("a/one"));
    Files.createSymbolicLink(tree.resolve("b/link"), Path.of("../a/one"));
    return tree;
  }

  private static byte[] random(int lengthBytes) {
    byte[] bytes = new byte[lengthBytes];
    new Random(lengthBytes).nextBytes(bytes);
    return bytes;
  }

  private static List<Path> listed(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
