// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.Change;
import io.veneer.driver.ChangeKind;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Comparisons of images that contradict themselves end, and say so. */
@Timeout(120)
class HostileChangesTest {
  private static final int BLOCK_BYTES = 1024;
  private static final int MUTATIONS = 600;

  private final long seed = Long.getLong("veneer.seed", System.nanoTime());

  @TempDir Path folder;
  private byte[] sound;

  @BeforeEach
  void makeImage() throws IOException {
    HostProgram.require("mkfs.ext4");
    System.out.println("HostileChangesTest: -Dveneer.seed=" + seed);
    Path tree = folder.resolve("tree");
    for (String name : List.of("a/b/c", "a/d", "e")) {
      Files.createDirectories(tree.resolve(name));
      for (int i = 0; i < 20; i++) {
        Files.writeString(tree.resolve(name).resolve("file" + i), name + i);
      }
    }
    Path image = folder.resolve("image");
    HostProgram.run("mkfs.ext4", "-q", "-F", "-b", BLOCK_BYTES, "-d", tree, image, "16M");
    sound = ImageDevice.of(image).bytes();
  }

  private static Ext4FileSystem open(byte[] image) {
    return Ext4FileSystem.open(new ImageDevice(image));
  }

  private static Ext4Changes compare(byte[] older, byte[] newer) {
    ChangedRanges ranges = new ChangedRanges();
    ranges.add(0, newer.length);
    Ext4FileSystem base = open(older);
    return Ext4Changes.fromBlocks(base, open(newer), ranges, () -> ParentIndex.of(base));
  }

  /** Where an entry's inode number lies, in the first block of a directory. */
  private int entryAt(String directory, String name) {
    Ext4FileSystem fileSystem = open(sound);
    Inode inode = fileSystem.find(directory).orElseThrow();
    int block = (int) fileSystem.contents().runs(inode).get(0).physical();
    for (int at = block * BLOCK_BYTES; ; ) {
      int length = sound[at + 6] & 0xff;
      if (new String(sound, at + DirectoryFormat.NAME_AT, length).equals(name)) {
        return at;
      }
      at += ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN).getShort(at + 4) & 0xffff;
    }
  }

  private static void put(byte[] image, int at, long value) {
    ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putInt(at, (int) value);
  }

  private long numberOf(String path) {
    return open(sound).find(path).orElseThrow().number();
  }

  private void assertDamaged(byte[] image) {
    List<Runnable> ways =
        List.of(
            () -> Ext4Changes.byWalking(open(sound), open(image)),
            () -> Ext4Changes.fromNothing(open(image)),
            () -> ParentIndex.of(open(image)));
    for (Runnable way : ways) {
      DriverException e = assertThrows(DriverException.class, way::run);
      assertEquals(Kind.DATA_LOSS, e.kind(), e.getMessage());
    }
  }

  @Test
  void aDirectoryInItselfIsFound() {
    byte[] image = sound.clone();
    put(image, entryAt("a/b", "c"), numberOf("a"));
    assertDamaged(image);
  }

  @Test
  void aDirectoryWithTwoNamesIsFound() {
    byte[] image = sound.clone();
    put(image, entryAt("", "e"), numberOf("a/d"));
    assertDamaged(image);
  }

  @Test
  void parentsInARingEndTheClimb() {
    byte[] image = sound.clone();
    // Two directories, each the other's parent; and an inode that changed below them.
    put(image, entryAt("a/b", ".."), numberOf("a/b/c"));
    put(image, entryAt("a/b/c", ".."), numberOf("a/b"));
    Ext4FileSystem fileSystem = open(image);
    long number = numberOf("a/b/c");
    int at =
        (int) fileSystem.groups().blockOf(number) * BLOCK_BYTES
            + fileSystem.groups().offsetOf(number);
    image[at] ^= 1; // its mode
    compare(sound, image);
  }

  @Test
  void aChangedModeIsToldWithTheFoldersAboveIt() {
    byte[] image = sound.clone();
    long number = numberOf("a/b/c/file7");
    Ext4FileSystem fileSystem = open(image);
    int at =
        (int) fileSystem.groups().blockOf(number) * BLOCK_BYTES
            + fileSystem.groups().offsetOf(number);
    image[at] ^= 1;
    List<Change> expected =
        List.of(
            new Change("a", ChangeKind.MODIFIED),
            new Change("a/b", ChangeKind.MODIFIED),
            new Change("a/b/c", ChangeKind.MODIFIED),
            new Change("a/b/c/file7", ChangeKind.MODIFIED));
    assertEquals(expected, compare(sound, image).list());
    assertEquals(expected, Ext4Changes.byWalking(open(sound), open(image)).list());
    assertEquals(List.of(), compare(sound, sound).list());
    assertEquals(number, compare(sound, image).inodeOf(expected.get(3)));
  }

  @Test
  void randomNumbersNeverHangOrCrashAComparison() {
    Random random = new Random(seed);
    byte[] image = sound.clone();
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      int at = BLOCK_BYTES + random.nextInt(4 << 20) / 4 * 4;
      byte[] before = Arrays.copyOfRange(image, at, at + 4);
      put(image, at, random.nextBoolean() ? random.nextInt() : random.nextInt(2000));
      try {
        compare(sound, image);
        compare(image, sound);
      } catch (DriverException e) {
        assertTrue(e.kind() == Kind.DATA_LOSS || e.kind() == Kind.UNIMPLEMENTED, e::toString);
        refused++;
      }
      if (random.nextInt(4) == 0) {
        image = sound.clone();
      } else if (random.nextBoolean()) {
        System.arraycopy(before, 0, image, at, 4);
      }
    }
    System.out.println("refused " + refused + " of " + MUTATIONS);
  }
}
