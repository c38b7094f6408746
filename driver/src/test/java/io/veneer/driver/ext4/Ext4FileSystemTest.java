// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Images made by mkfs.ext4 of random trees, without root; the seed is printed, and {@code
 * -Dveneer.seed=N} repeats it.
 */
class Ext4FileSystemTest {
  private final long seed = Long.getLong("veneer.seed", System.nanoTime());

  @TempDir Path folder;

  @BeforeEach
  void printSeed() {
    HostProgram.require("mkfs.ext4", "debugfs");
    System.out.println("Ext4FileSystemTest: -Dveneer.seed=" + seed);
  }

  private Ext4FileSystem image(Path tree, String options) {
    Path image = folder.resolve("image");
    List<Object> command = new ArrayList<>(List.of("mkfs.ext4", "-q", "-F"));
    command.addAll(List.of(options.split(" ")));
    command.addAll(List.of("-d", tree, image, "96M"));
    HostProgram.run(command.toArray());
    return Ext4FileSystem.open(ImageDevice.of(image));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-b 4096",
        "-b 1024",
        "-b 2048 -I 512",
        "-b 4096 -I 128",
        "-b 1024 -O ^extents,^64bit,^has_journal",
        "-b 4096 -O inline_data",
        "-b 1024 -O inline_data -I 1024",
        "-b 1024 -O meta_bg,^resize_inode",
        "-b 1024 -O meta_bg,^resize_inode,^sparse_super",
        "-b 1024 -O sparse_super2,^resize_inode,^flex_bg",
        "-b 4096 -O ^metadata_csum,uninit_bg,^64bit",
        "-b 4096 -O bigalloc -C 16384",
        "-b 4096 -O ea_inode",
        "-b 1024 -O ^filetype,^dir_index",
        "-b 1024 -t ext2",
        "-b 4096 -t ext3"
      })
  void readsWhatMkfsPutIn(String options) throws IOException {
    Path tree =
        SampleTree.make(folder.resolve("tree"), seed, 150, !options.contains("inline_data"));
    SortedMap<String, String> expected = Trees.of(tree, false);
    SortedMap<String, String> found = Trees.of(image(tree, options), false);
    found.keySet().removeIf(path -> path.equals("lost+found"));
    // mkfs takes neither the root's time nor, from some versions on, its owner.
    expected.remove("");
    found.remove("");
    assertSame(expected, found);
  }

  private static void assertSame(
      SortedMap<String, String> expected, SortedMap<String, String> found) {
    expected.forEach((path, line) -> assertEquals(line, found.get(path), path));
    assertEquals(expected.keySet(), found.keySet());
  }

  @Test
  void findsByPath() throws IOException {
    Path tree = SampleTree.make(folder.resolve("tree"), seed, 10);
    Ext4FileSystem fileSystem = image(tree, "-b 4096");
    assertEquals(Inode.ROOT, fileSystem.find("").orElseThrow().number());
    assertTrue(fileSystem.find("many/name-that-takes-some-room-17").isPresent());
    assertTrue(fileSystem.find("many/name-that-takes-some-room-17/x").isEmpty());
    assertTrue(fileSystem.find("no/such").isEmpty());
    Inode many = fileSystem.find("many").orElseThrow();
    assertEquals(Inode.ROOT, fileSystem.parentOf(many));
    assertEquals(Inode.ROOT, fileSystem.parentOf(fileSystem.root()));
    assertTrue(fileSystem.usedInodes() > 700, () -> "used=" + fileSystem.usedInodes());
  }

  @Test
  void countsInodesAsDebugfsDoes() throws IOException {
    Path tree = SampleTree.make(folder.resolve("tree"), seed, 100);
    Ext4FileSystem fileSystem = image(tree, "-b 1024");
    String stats = HostProgram.run("debugfs", "-R", "stats -h", folder.resolve("image"));
    long inodes = number(stats, "Inode count:");
    long free = number(stats, "Free inodes:");
    assertEquals(inodes - free, fileSystem.usedInodes());
  }

  private static long number(String text, String label) {
    int at = text.indexOf(label) + label.length();
    return Long.parseLong(text.substring(at, text.indexOf('\n', at)).strip());
  }

  @Test
  void saysWhatItCannotRead() throws IOException {
    Path tree = SampleTree.make(folder.resolve("tree"), seed, 10);
    image(tree, "-b 4096");
    byte[] bytes = ImageDevice.of(folder.resolve("image")).bytes();
    bytes[1024 + 96 + 2] |= 1; // incompatible feature 0x10000, encryption
    assertFails(Kind.UNIMPLEMENTED, bytes);
    assertFails(Kind.DATA_LOSS, new byte[1 << 20]);
    assertFails(Kind.DATA_LOSS, new byte[1000]);
    assertTrue(Ext4FileSystem.isOn(new ImageDevice(bytes)));
    assertTrue(!Ext4FileSystem.isOn(new ImageDevice(new byte[1000])));
  }

  private static void assertFails(Kind kind, byte[] bytes) {
    DriverException e =
        assertThrows(DriverException.class, () -> Ext4FileSystem.open(new ImageDevice(bytes)));
    assertEquals(kind, e.kind(), e.getMessage());
  }
}
