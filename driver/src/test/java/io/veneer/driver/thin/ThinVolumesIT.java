// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.Change;
import io.veneer.driver.ChangeKind;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.VolumeLabels;
import io.veneer.driver.archive.Packer;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.engines.Programs;
import io.veneer.driver.host.HostNodes;
import io.veneer.driver.host.HostProgram;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.Requirement;
import io.veneer.thinpool.pool.ThinPool;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers on thin volumes, through real mounts. Needs root, FUSE and loop devices. */
class ThinVolumesIT {
  private static final long VOLUME_BYTES = 256L << 20;
  private static final String SIZE = VolumeAttributes.SIZE_LABELS.get(0);

  @TempDir private Path folder;
  private ThinPool pool;
  private Attachments attachments;
  private StorageDriver driver;

  @BeforeEach
  void open() {
    Requirement.skipUnless(HostNodes.isRoot(), "mounting needs root");
    ThinPool.create(folder.resolve("pool"), PoolOptions.ofSize(4L << 30));
    pool = ThinPool.open(folder.resolve("pool"));
    attachments = Attachments.open(pool, folder.resolve("run"));
    driver =
        ThinDriver.openMounted(
            pool, attachments, VolumeOptions.ext4(VOLUME_BYTES), folder.resolve("volumes"));
  }

  @AfterEach
  void close() throws IOException {
    if (driver != null) {
      driver.close();
      attachments.close();
      pool.close();
      try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
        assertEquals(List.of(), mounts.filter(each -> each.contains(folder.toString())).toList());
      }
    }
  }

  @Test
  void firstLayerIsAnEmptyFolder() throws IOException {
    driver.prepare("first", "", Map.of());
    Path root = driver.get("first");
    try (Stream<Path> content = Files.list(root)) {
      assertEquals(List.of(), content.toList());
    }
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(root));
    assertEquals("rwxr-xr-x", mode);
    driver.put("first");
  }

  @Test
  void layersAreSeenThroughTheirChildrenOnly() throws IOException {
    makeLayer("below", "", "file", "below");
    driver.prepare("container", "below", Map.of());
    Path root = driver.get("container");
    assertEquals("below", Files.readString(root.resolve("file")));
    Files.writeString(root.resolve("file"), "changed");
    driver.put("container");
    driver.view("look", "below", Map.of());
    Path view = driver.get("look");
    assertEquals("below", Files.readString(view.resolve("file")));
    assertThrows(IOException.class, () -> Files.writeString(view.resolve("file"), "no"));
    driver.put("look");
  }

  @Test
  void whatIsMountedIsCommittedConsistently() throws IOException {
    driver.prepare("busy", "", Map.of());
    Path root = driver.get("busy");
    Files.writeString(root.resolve("file"), "not forced by anybody");
    String device = driver.mounts("busy").get(0).source();
    // As a runtime does that mounts by itself: the driver does not know of it.
    Path other = Files.createDirectory(folder.resolve("other"));
    HostProgram.require("mount").runOrFail(device, other.toString());
    driver.put("busy");
    driver.commit("layer", "busy", Map.of());
    driver.view("look", "layer", Map.of());
    assertEquals("not forced by anybody", Files.readString(driver.get("look").resolve("file")));
    driver.put("look");
    HostProgram.require("umount").runOrFail(other.toString());
  }

  @Test
  void whatGoesOnAfterACommitIsADeviceOfItsOwn() throws IOException {
    driver.prepare("busy", "", Map.of());
    Files.writeString(driver.get("busy").resolve("file"), "first");
    String device = driver.mounts("busy").get(0).source();
    Path other = Files.createDirectory(folder.resolve("other"));
    HostProgram.require("mount").runOrFail(device, other.toString());
    driver.put("busy");
    driver.commitAndContinue("layer", "busy", Map.of());
    Path root = driver.get("busy");
    assertEquals("first", Files.readString(root.resolve("file")));
    Files.writeString(root.resolve("file"), "second");
    driver.put("busy");
    driver.commitAndContinue("next", "busy", Map.of());
    driver.view("look", "layer", Map.of());
    assertEquals("first", Files.readString(driver.get("look").resolve("file")));
    driver.put("look");
    assertEquals("second", Files.readString(driver.get("next").resolve("file")));
    driver.put("next");
    HostProgram.require("umount").runOrFail(other.toString());
  }

  @Test
  void whatIsCreatedIsAttachedWhenItIsMounted() {
    driver.create("first", "", Map.of());
    driver.commitAndContinue("layer", "first", Map.of());
    driver.create("second", "layer", Map.of());
    assertEquals(List.of(), attachments.list());
    driver.get("second");
    assertEquals(1, attachments.list().size());
    driver.put("second");
    assertEquals(List.of(), attachments.list());
  }

  @Test
  void growsWhatIsLargerThanItsParentAndRefusesWhatIsSmaller() throws IOException {
    makeLayer("below", "", "file", "below");
    driver.prepare("large", "below", Map.of(SIZE, Long.toString(2 * VOLUME_BYTES)));
    Path root = driver.get("large");
    assertTrue(Files.getFileStore(root).getTotalSpace() > 1.5 * VOLUME_BYTES);
    driver.put("large");
    DriverException refusal =
        assertThrows(
            DriverException.class, () -> driver.prepare("small", "below", Map.of(SIZE, "4096")));
    assertEquals(Kind.INVALID_ARGUMENT, refusal.kind());
    assertThrows(DriverException.class, () -> driver.stat("small"));
  }

  @Test
  void anArchiveThatRewritesAFileStoresOnlyWhatDiffers() throws IOException {
    byte[] content = new byte[8 << 20];
    new SplittableRandom(3).nextBytes(content);
    driver.prepare("making", "", Map.of());
    Files.write(driver.get("making").resolve("large"), content);
    driver.put("making");
    driver.commit("image", "making", Map.of());
    content[5 << 20] ^= 1;
    driver.prepare("applied", "image", Map.of());
    long counted = driver.applyDiff("applied", new ByteArrayInputStream(archive(content)));
    assertEquals(content.length, counted);
    assertArrayEquals(content, Files.readAllBytes(driver.get("applied").resolve("large")));
    driver.put("applied");
    long stored = driver.usage("applied").sizeBytes();
    assertTrue(stored <= 16 * 65536, "stored " + stored);
  }

  /** A container that has just written is looked at, as by docker ps --size. */
  @Test
  void usageCountsWhatIsCachedOnly() throws IOException {
    driver.prepare("running", "", Map.of());
    byte[] content = new byte[8 << 20];
    new SplittableRandom(4).nextBytes(content);
    Files.write(driver.get("running").resolve("large"), content);
    long used = driver.usage("running").sizeBytes();
    assertTrue(used >= 8 << 20, "used " + used);
    driver.put("running");
  }

  @Test
  void aCommitAfterAnAppendHoldsAFewBlocks() throws IOException {
    driver.prepare("making", "", Map.of());
    Files.write(driver.get("making").resolve("large"), new byte[64 << 20]);
    driver.put("making");
    driver.commit("image", "making", Map.of());
    driver.prepare("container", "image", Map.of());
    Path file = driver.get("container").resolve("large");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.APPEND)) {
      channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
    }
    driver.put("container");
    driver.commit("layer", "container", Map.of());
    assertTrue(driver.usage("layer").sizeBytes() <= 16 * 65536);
  }

  @Test
  void nothingStaysAttachedOfWhatIsRemoved() throws IOException {
    driver.prepare("gone", "", Map.of());
    driver.get("gone");
    driver.remove("gone");
    assertEquals(List.of(), attachments.list());
    assertFalse(pool.devices().stream().anyMatch(each -> each.name().equals("gone")));
  }

  @Test
  void labelsSayWhatALayerBeginsAs() throws IOException {
    driver.prepare("usual", "", Map.of());
    driver.prepare("inodes", "", Map.of(VolumeLabels.MAKE_OPTIONS, "-N 4096"));
    driver.prepare("mount", "", Map.of(VolumeLabels.MOUNT_OPTIONS, "nodiscard,commit=31"));
    driver.prepare(
        "xfs", "", Map.of(VolumeLabels.FILE_SYSTEM, "xfs", SIZE, String.valueOf(400L << 20)));
    assertEquals(
        3, pool.devices().stream().filter(each -> each.name().startsWith("veneer-base:")).count());
    assertTrue(mountOf("mount").contains(",commit=31"), mountOf("mount"));
    assertTrue(mountOf("xfs").contains(" xfs rw,"), mountOf("xfs"));
    assertTrue(inodeCount("inodes") <= 4096 && inodeCount("usual") > 4096);
    driver.commit("layer", "xfs", Map.of());
    driver.prepare("child", "layer", Map.of(VolumeLabels.FILE_SYSTEM, "ext4"));
    assertTrue(mountOf("child").contains(" xfs rw,"), "children take after their parents");
    DriverException failure =
        assertThrows(
            DriverException.class,
            () -> driver.prepare("bad", "", Map.of(VolumeLabels.MAKE_OPTIONS, "-Z")));
    assertTrue(failure.getMessage().contains("-- 'Z'"), failure::getMessage);
    assertEquals(1, failure.getMessage().lines().count());
  }

  /** The line of the mount table while a snapshot is shown. */
  private String mountOf(String key) throws IOException {
    Path root = driver.get(key);
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
      return mounts.filter(each -> each.contains(" " + root + " ")).findFirst().orElseThrow();
    } finally {
      driver.put(key);
    }
  }

  private long inodeCount(String key) throws IOException {
    Path root = driver.get(key);
    try {
      return Long.parseLong(Programs.run("stat", "-f", "-c", "%c", root).strip());
    } finally {
      driver.put(key);
    }
  }

  private void makeLayer(String name, String parent, String file, String text) throws IOException {
    driver.prepare("making-" + name, parent, Map.of());
    Files.writeString(driver.get("making-" + name).resolve(file), text);
    driver.put("making-" + name);
    driver.commit(name, "making-" + name, Map.of());
  }

  private byte[] archive(byte[] content) throws IOException {
    Path tree = Files.createDirectories(folder.resolve("tree"));
    Files.write(tree.resolve("large"), content);
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    Packer.pack(tree, List.of(new Change("large", ChangeKind.MODIFIED)), tar);
    return tar.toByteArray();
  }
}
