// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.Change;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Images that the kernel wrote, with what users do to files; the changes found from blocks, by
 * walking, and by describing the mounted trees must be the same. The seed is printed; {@code
 * -Dveneer.seed=N} repeats it.
 */
@Timeout(600)
class Ext4ChangesIT {
  private static final int ROUNDS = 5;
  private static final int UNIT_BYTES = 64 << 10;

  private final long seed = Long.getLong("veneer.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @TempDir Path folder;
  private LoopMounts mounts;

  @BeforeEach
  void prepare() {
    HostProgram.requireRoot();
    HostProgram.require("mkfs.ext4", "mount");
    System.out.println("Ext4ChangesIT: -Dveneer.seed=" + seed);
    mounts = new LoopMounts(folder);
  }

  @AfterEach
  void unmountAll() {
    mounts.close();
  }

  private Path image(String options) throws IOException {
    Path tree = SampleTree.make(folder.resolve("tree"), seed, 120);
    Path image = folder.resolve("image-0");
    List<Object> command = new ArrayList<>(List.of("mkfs.ext4", "-q", "-F"));
    command.addAll(List.of(options.split(" ")));
    command.addAll(List.of("-d", tree, image, "64M"));
    HostProgram.run(command.toArray());
    return image;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-b 4096", "-b 1024", "-b 2048 -O inline_data", "-b 4096 -O ^extents,^64bit"})
  void blocksTellWhatAWalkTells(String options) throws IOException {
    Path image = image(options);
    SortedMap<String, String> before = describe(image);
    for (int round = 1; round <= ROUNDS; round++) {
      Path next = copy(image, "image-" + round);
      Path mounted = mounts.mount(next, round % 2 == 0 ? "noatime" : "strictatime");
      new TreeOperations(mounted, random).run(round == 1 ? 1 : 60);
      mounts.unmount(mounted);
      SortedMap<String, String> after = describe(next);
      assertEquals(after, Trees.of(open(next), true), "what the reader sees");
      assertChanges(image, next, ExpectedChanges.between(before, after));
      image = next;
      before = after;
    }
  }

  @Test
  void whatAJournalHoldsIsSeenAsTheKernelSeesIt() throws IOException {
    Path image = image("-b 1024");
    SortedMap<String, String> before = describe(image);
    Path live = copy(image, "live");
    Path mounted = mounts.mount(live, "commit=1000");
    TreeOperations operations = new TreeOperations(mounted, random);
    int unclean = 0;
    for (int round = 1; round <= ROUNDS; round++) {
      operations.run(25);
      sync(mounted);
      operations.run(5); // not durable: may be there or not, as the kernel decides
      Path frozen = copy(live, "frozen-" + round);
      boolean dirty = SuperblockFormat.decode(superblock(frozen)).has(Features.RECOVER);
      unclean += dirty && !replayed(frozen).isEmpty() ? 1 : 0;
      Path recovered = copy(frozen, "recovered-" + round);
      SortedMap<String, String> after = describe(recovered);
      assertEquals(after, Trees.of(open(frozen), true), "what the reader sees, round " + round);
      assertChanges(image, frozen, ExpectedChanges.between(before, after));
    }
    assertTrue(unclean > 0, "no journal had anything in it");
  }

  private static java.util.Set<Long> replayed(Path image) {
    return open(image).reader().replayedBlocks();
  }

  private static java.nio.ByteBuffer superblock(Path image) throws IOException {
    byte[] bytes = new byte[SuperblockFormat.LENGTH];
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "r")) {
      file.seek(SuperblockFormat.OFFSET);
      file.readFully(bytes);
    }
    return FileContents.littleEndian(bytes);
  }

  @Test
  void anotherFileSystemIsWalked() throws IOException {
    Path image = image("-b 1024");
    Path other = folder.resolve("other");
    HostProgram.run("mkfs.ext4", "-q", "-F", "-b", "1024", other, "32M");
    Ext4Changes changes =
        Ext4Changes.fromBlocks(open(image), open(other), new ChangedRanges(), () -> null);
    assertEquals(Ext4Changes.byWalking(open(image), open(other)).list(), changes.list());
    List<Change> all = Ext4Changes.fromNothing(open(image)).list();
    assertEquals(describe(image).size() - 1, all.size());
  }

  private void assertChanges(Path older, Path newer, List<Change> expected) throws IOException {
    Ext4Changes walked = Ext4Changes.byWalking(open(older), open(newer));
    assertSame(expected, walked.list(), "walk");
    Ext4FileSystem base = open(older);
    Ext4Changes found =
        Ext4Changes.fromBlocks(base, open(newer), ranges(older, newer), () -> ParentIndex.of(base));
    assertSame(expected, found.list(), "blocks");
    assertEquals(walked.contentBytes(), found.contentBytes());
    Ext4FileSystem reversed = open(newer);
    Ext4Changes back =
        Ext4Changes.fromBlocks(
            reversed, open(older), ranges(older, newer), () -> ParentIndex.of(reversed));
    assertSame(Ext4Changes.byWalking(open(newer), open(older)).list(), back.list(), "back");
  }

  private static void assertSame(List<Change> expected, List<Change> found, String how) {
    List<Change> missing = expected.stream().filter(each -> !found.contains(each)).toList();
    List<Change> surplus = found.stream().filter(each -> !expected.contains(each)).toList();
    assertEquals(List.of(), missing, how + ": missing");
    assertEquals(List.of(), surplus, how + ": too much");
    assertEquals(expected, found, how);
  }

  /** As a pool would tell it: in large blocks. */
  private static ChangedRanges ranges(Path older, Path newer) throws IOException {
    byte[] one = Files.readAllBytes(older);
    byte[] other = Files.readAllBytes(newer);
    ChangedRanges ranges = new ChangedRanges();
    for (int at = 0; at < one.length; at += UNIT_BYTES) {
      int end = Math.min(one.length, at + UNIT_BYTES);
      if (!Arrays.equals(one, at, end, other, at, end)) {
        ranges.add(at, end - at);
      }
    }
    return ranges;
  }

  private static Ext4FileSystem open(Path image) {
    return Ext4FileSystem.open(ImageDevice.of(image));
  }

  private SortedMap<String, String> describe(Path image) throws IOException {
    Path mounted = mounts.mount(image, "noatime");
    try {
      return Trees.of(mounted, true);
    } finally {
      mounts.unmount(mounted);
    }
  }

  private Path copy(Path image, String name) throws IOException {
    return Files.copy(image, folder.resolve(name));
  }

  private static void sync(Path folder) {
    HostProgram.run("sync", "-f", folder);
  }
}
