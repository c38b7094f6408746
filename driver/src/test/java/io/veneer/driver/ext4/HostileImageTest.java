// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images with numbers in them that cannot be: reading ends, and either works or fails with the one
 * exception for it. The seed is printed; {@code -Dveneer.seed=N} repeats it.
 */
@Timeout(120)
class HostileImageTest {
  private static final int BLOCK_BYTES = 1024;
  private static final int MUTATED_IMAGES = 1500;
  private static final int BYTES_OF_A_FILE = 1 << 20;

  private final long seed = Long.getLong("veneer.seed", System.nanoTime());

  @TempDir Path folder;

  @BeforeEach
  void printSeed() {
    HostProgram.require("mkfs.ext4");
    System.out.println("HostileImageTest: -Dveneer.seed=" + seed);
  }

  private byte[] image(String features) throws IOException {
    Path tree = SampleTree.make(folder.resolve("tree"), seed, 60, false);
    Path image = folder.resolve("image");
    HostProgram.run(
        "mkfs.ext4", "-q", "-F", "-b", BLOCK_BYTES, "-O", features, "-d", tree, image, "32M");
    return ImageDevice.of(image).bytes();
  }

  @Test
  void extentsNeverCrashTheReader() throws IOException {
    mutate(image("^has_journal"));
  }

  @Test
  void blockMapsNeverCrashTheReader() throws IOException {
    mutate(image("^has_journal,^extents,^64bit"));
  }

  @Test
  void inlineDataNeverCrashesTheReader() throws IOException {
    mutate(image("^has_journal,inline_data"));
  }

  private void mutate(byte[] sound) {
    Random random = new Random(seed);
    int[] places = metadataBlocks(sound);
    int failed = 0;
    for (int i = 0; i < MUTATED_IMAGES; i++) {
      byte[] bytes = sound;
      List<Runnable> undo = new ArrayList<>();
      for (int change = 0; change < 1 + random.nextInt(12); change++) {
        undo.add(change(bytes, random, places));
      }
      failed += readAll(bytes) ? 0 : 1;
      for (int j = undo.size() - 1; j >= 0; j--) {
        undo.get(j).run();
      }
    }
    assertTrue(readAll(sound), "the sound image");
    assertTrue(failed > MUTATED_IMAGES / 20, "failed=" + failed);
  }

  /** Blocks at the front, where mkfs puts all metadata of a small image, and directories. */
  private static int[] metadataBlocks(byte[] image) {
    Ext4FileSystem fileSystem = Ext4FileSystem.open(new ImageDevice(image));
    Set<Integer> blocks = new HashSet<>(Set.of(1, 2));
    for (long i = 1; i < fileSystem.usedInodes(); i++) {
      blocks.add((int) fileSystem.groups().blockOf(i));
      try {
        Inode inode = fileSystem.inode(i);
        boolean regular = inode.type() == FileType.REGULAR;
        for (Run run : regular ? List.<Run>of() : fileSystem.contents().runs(inode)) {
          blocks.add((int) run.physical());
        }
      } catch (DriverException e) {
        // An inode that is not in use.
      }
    }
    return blocks.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Runnable change(byte[] image, Random random, int[] places) {
    int block = places[random.nextInt(places.length)];
    int at = block * BLOCK_BYTES + random.nextInt(BLOCK_BYTES / 4) * 4;
    ByteBuffer buffer = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    int before = buffer.getInt(at);
    int[] values = {
      0,
      -1,
      1,
      2,
      0xffff,
      0x8000_0000,
      before + 1,
      before - 1,
      before ^ 1 << random.nextInt(32),
      random.nextInt(),
      random.nextInt(40_000),
      before << 16,
      places[random.nextInt(places.length)]
    };
    buffer.putInt(at, values[random.nextInt(values.length)]);
    return () -> buffer.putInt(at, before);
  }

  /** Reads whatever can be reached, and what cannot too; false if anything was refused. */
  private static boolean readAll(byte[] image) {
    try {
      Ext4FileSystem fileSystem = Ext4FileSystem.open(new ImageDevice(image));
      boolean sound = visit(fileSystem, Inode.ROOT, new HashSet<>());
      fileSystem.usedInodes();
      return sound;
    } catch (DriverException e) {
      return isExpected(e);
    }
  }

  private static boolean isExpected(DriverException e) {
    assertTrue(e.kind() == Kind.DATA_LOSS || e.kind() == Kind.UNIMPLEMENTED, e::toString);
    return false;
  }

  private static boolean visit(Ext4FileSystem fileSystem, long number, Set<Long> visited) {
    if (!visited.add(number)) {
      return true;
    }
    try {
      Inode inode = fileSystem.inode(number);
      fileSystem.attributes(inode);
      inode.modified();
      boolean sound = true;
      switch (inode.type()) {
        case DIRECTORY -> {
          fileSystem.parentOf(inode);
          for (DirectoryEntry entry : fileSystem.list(inode)) {
            sound &= visit(fileSystem, entry.inode(), visited);
          }
        }
        case REGULAR -> read(fileSystem.open(inode));
        case LINK -> fileSystem.target(inode);
        default -> inode.deviceMinor();
      }
      return sound;
    } catch (DriverException e) {
      return isExpected(e);
    }
  }

  private static void read(FileContent content) {
    int length = (int) Math.max(0, Math.min(BYTES_OF_A_FILE, content.sizeBytes()));
    content.read(0, ByteBuffer.allocate(length));
    content.read(Math.max(0, content.sizeBytes() - 10), ByteBuffer.allocate(100));
    long at = 0;
    for (int i = 0; i < 1000 && at < content.sizeBytes(); i++) {
      at = content.nextHole(content.nextData(at));
    }
  }
}
