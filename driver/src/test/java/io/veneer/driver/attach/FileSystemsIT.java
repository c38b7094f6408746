// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static io.veneer.driver.attach.AttachedPool.MIB;
import static io.veneer.driver.attach.AttachedPool.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.nbd.Program;
import io.veneer.thinpool.Alone;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** File systems of the kernel on attached devices: whole trees, snapshots, trims, growth. */
@Alone
@Timeout(300)
class FileSystemsIT extends AttachedPoolCases {
  /** What is done to each kind, in its own words. */
  enum Kind {
    EXT4(List.of("mkfs.ext4", "-q"), List.of("e2fsck", "-fn"), "rw"),
    XFS(List.of("mkfs.xfs", "-q"), List.of("xfs_repair", "-n"), "nouuid"),
    BTRFS(List.of("mkfs.btrfs", "-q"), List.of("btrfs", "check", "--readonly"), "rw");

    final List<String> make;
    final List<String> check;
    final String mountOption;

    Kind(List<String> make, List<String> check, String mountOption) {
      this.make = make;
      this.check = check;
      this.mountOption = mountOption;
    }

    void run(List<String> command, Path device) throws Exception {
      Program.require(command.get(0));
      List<Object> words = new java.util.ArrayList<>(command);
      words.add(device);
      Program.run(words.toArray());
    }
  }

  /** A tree of many small files, a large one, a sparse one, links and odd names. */
  private Path tree() throws Exception {
    Path top = Files.createDirectory(folder.resolve("tree"));
    for (int i = 0; i < 40; i++) {
      Path sub = Files.createDirectory(top.resolve("folder " + i));
      for (int j = 0; j < 25; j++) {
        Files.write(sub.resolve("file" + j), bytes(100 + 997 * j, i * 100 + j));
      }
    }
    Files.write(top.resolve("large"), bytes(24 * MIB, 1));
    Files.createLink(top.resolve("second name"), top.resolve("large"));
    Files.createSymbolicLink(top.resolve("link"), Path.of("folder 1/file1"));
    Program.run("truncate", "-s", "300M", top.resolve("sparse"));
    Program.run("setfattr", "-n", "user.colour", "-v", "red", top.resolve("large"));
    return top;
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void keepsAWholeTree(Kind kind) throws Exception {
    Path source = tree();
    Path device = attached.attachNew("disk", 512L * MIB);
    kind.run(kind.make, device);
    Path point = attached.mount(device);
    Program.run("cp", "-a", source, point.resolve("copy"));
    AttachedPool.unmount(point);
    kind.run(kind.check, device);
    attached.attachments.detach("disk");
    attached.attachments.close();
    attached.pool.close();
    attached.open();
    Path again = attached.mount(attached.attach("disk"));
    Program.run("diff", "-r", "--no-dereference", source, again.resolve("copy"));
    String colour =
        Program.run("getfattr", "--only-values", "-n", "user.colour", again.resolve("copy/large"));
    assertTrue(colour.endsWith("red"), colour);
    AttachedPool.unmount(again);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aSnapshotOfAMountedFileSystemIsSound(Kind kind) throws Exception {
    Path device = attached.attachNew("disk", 512L * MIB);
    kind.run(kind.make, device);
    Path point = attached.mount(device);
    Files.write(point.resolve("before"), bytes(5 * MIB, 1));
    Program.run("sync", "-f", point);
    attached.pool.createSnapshot("snap", "disk");
    Files.write(point.resolve("before"), bytes(5 * MIB, 2));
    Files.write(point.resolve("after"), bytes(5 * MIB, 3));
    AttachedPool.unmount(point);
    if (kind == Kind.BTRFS) {
      // Two file systems of one id at once confuse btrfs.
      attached.attachments.detach("disk");
    }
    Path snapshot = attached.mount(attached.attach("snap"), kind.mountOption);
    assertEquals(
        -1,
        java.util.Arrays.mismatch(
            bytes(5 * MIB, 1), Files.readAllBytes(snapshot.resolve("before"))));
    assertTrue(Files.notExists(snapshot.resolve("after")));
    AttachedPool.unmount(snapshot);
    kind.run(kind.check, attached.attach("snap"));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void trimsAndGrowsWhileMounted(Kind kind) throws Exception {
    Program.require("fstrim");
    Path device = attached.attachNew("disk", 512L * MIB);
    kind.run(kind.make, device);
    Path point = attached.mount(device);
    Files.write(point.resolve("file"), bytes(200 * MIB, 1));
    Program.run("sync", "-f", point);
    long full = attached.pool.device("disk").mappedBytes();
    Files.delete(point.resolve("file"));
    trimUntilBelow(point, full - 150L * MIB);
    attached.pool.resizeDevice("disk", 1024L * MIB);
    attached.attachments.refresh();
    Path grown = grow(kind, device, point);
    Files.write(grown.resolve("larger"), bytes(600 * MIB, 2));
    AttachedPool.unmount(grown);
    kind.run(kind.check, device);
  }

  /** Some free what was deleted in the background. */
  private void trimUntilBelow(Path point, long bytes) throws Exception {
    long deadline = System.nanoTime() + 60_000_000_000L;
    do {
      assertTrue(System.nanoTime() < deadline, "still " + bytes);
      Program.run("sync", "-f", point);
      Program.run("fstrim", point);
    } while (attached.pool.device("disk").mappedBytes() > bytes);
  }

  private Path grow(Kind kind, Path device, Path point) throws Exception {
    switch (kind) {
      case EXT4 -> {
        return attached.growExt4(device, point);
      }
      case XFS -> Program.run("xfs_growfs", point);
      case BTRFS -> Program.run("btrfs", "filesystem", "resize", "max", point);
    }
    return point;
  }
}
