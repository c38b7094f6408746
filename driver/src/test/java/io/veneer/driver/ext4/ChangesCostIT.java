// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What it takes to find a change in a large tree, in bytes that are read: that is the same on every
 * machine, as times are not. Four files of 40,000 are what ten are of 100,000.
 */
class ChangesCostIT {
  private static final int PART_OF_A_WALK = 20;
  private static final int BLOCK_BYTES = 64 << 10;

  @TempDir Path folder;

  @BeforeEach
  void require() {
    HostProgram.require("mkfs.ext4", "debugfs");
  }

  @Test
  void readsWhatChangedAndNotTheTree() throws IOException {
    Path older = image();
    Path newer = Files.copy(older, folder.resolve("newer"));
    change(newer);

    ImageDevice olderDevice = ImageDevice.of(older);
    ImageDevice newerDevice = ImageDevice.of(newer);
    ChangedRanges ranges = ranges(olderDevice.bytes(), newerDevice.bytes());
    Ext4FileSystem before = Ext4FileSystem.open(olderDevice);
    Ext4FileSystem after = Ext4FileSystem.open(newerDevice);
    Ext4Changes walked = Ext4Changes.byWalking(before, after);
    long walkBytes = olderDevice.readBytes + newerDevice.readBytes;
    olderDevice.readBytes = 0;
    newerDevice.readBytes = 0;
    Ext4FileSystem base = Ext4FileSystem.open(olderDevice);
    ParentIndex index = ParentIndex.of(base);
    final long indexBytes = olderDevice.readBytes;
    Ext4Changes found =
        Ext4Changes.fromBlocks(base, Ext4FileSystem.open(newerDevice), ranges, () -> index);
    long foundBytes = olderDevice.readBytes + newerDevice.readBytes - indexBytes;
    assertEquals(
        List.of("folder1/file1", "folder11/file1", "folder21/more", "folder31/more"),
        walked.list().stream().map(Change::path).filter(path -> path.contains("/")).toList());
    assertEquals(walked.list(), found.list());
    System.out.println("walk " + walkBytes + ", index " + indexBytes + ", changes " + foundBytes);
    assertTrue(foundBytes <= walkBytes / PART_OF_A_WALK, "changes read " + foundBytes);
    assertTrue(indexBytes <= walkBytes / PART_OF_A_WALK, "the index reads " + indexBytes);
  }

  private Path image() throws IOException {
    Path tree = Files.createDirectory(folder.resolve("tree"));
    String make = "mkdir folder{0..39} && echo folder{0..39}/file{0..999} | xargs touch";
    HostProgram.run("bash", "-c", "cd " + tree + " && " + make);
    Path image = folder.resolve("older");
    HostProgram.run("mkfs.ext4", "-q", "-F", "-b", "4096", "-N", "49152", "-d", tree, image, "64M");
    HostProgram.run("rm", "-r", tree);
    return image;
  }

  /** Files go and come; the times of folders change as the kernel has it. */
  private void change(Path image) throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "more");
    StringBuilder commands = new StringBuilder("rm folder1/file1\nrm folder11/file1\n");
    commands.append("write ").append(text).append(" folder21/more\n");
    commands.append("write ").append(text).append(" folder31/more\n");
    for (int i = 1; i <= 31; i += 10) {
      commands.append("sif folder").append(i).append(" mtime @1700000000\n");
    }
    Path file = Files.writeString(folder.resolve("commands"), commands);
    HostProgram.run("debugfs", "-w", "-f", file, image);
  }

  /** As a pool would tell it: in its own blocks. */
  private static ChangedRanges ranges(byte[] older, byte[] newer) {
    ChangedRanges ranges = new ChangedRanges();
    for (int at = 0; at < older.length; at += BLOCK_BYTES) {
      int end = at + BLOCK_BYTES;
      if (!Arrays.equals(older, at, end, newer, at, end)) {
        ranges.add(at, BLOCK_BYTES);
      }
    }
    return ranges;
  }
}
