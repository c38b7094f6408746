// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static io.veneer.driver.attach.AttachedPool.MIB;
import static io.veneer.driver.attach.AttachedPool.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.nio.file.ExtendedOpenOption;
import io.veneer.driver.meter.Meters;
import io.veneer.driver.nbd.Program;
import io.veneer.thinpool.Alone;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What attaching and detaching promise, in every order. */
@Timeout(300)
class AttachmentsIT extends AttachedPoolCases {
  private static String blockdev(String what, Path device) throws Exception {
    return Program.run("blockdev", what, device).strip();
  }

  @Test
  void whatIsWrittenToTheBlockDeviceIsInTheDevice() throws Exception {
    Path path = attached.attachNew("disk", 64 * MIB);
    assertEquals(String.valueOf(64 * MIB), blockdev("--getsize64", path));
    assertEquals("512", blockdev("--getss", path));
    assertEquals("0", blockdev("--getro", path));
    byte[] content = bytes(3 * MIB + 512, 1);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(content), 5 * MIB);
      channel.force(true);
    }
    assertArrayEquals(content, attached.read("disk", 5 * MIB, content.length));
    attached.attachments.detach("disk");
    assertEquals(List.of(), attached.attachments.list());
    assertEquals(0, attached.pool.device("disk").open());
  }

  /** Whoever reads past the page cache of the block device finds no second one behind it. */
  @Test
  void nothingIsCachedBetweenTheBlockDeviceAndThePool() throws Exception {
    Meters meters = new Meters();
    attached.attachments.close();
    attached.attachments =
        Attachments.open(attached.pool, attached.runFolder(), meters.ofDevices("attach"));
    Path path = attached.attachNew("disk", 64 * MIB);
    Path loop = Path.of("/sys/block").resolve(path.getFileName()).resolve("loop");
    assertEquals("1", Files.readString(loop.resolve("dio")).strip(), "direct I/O");
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, ExtendedOpenOption.DIRECT)) {
      for (int i = 0; i < 3; i++) {
        long before = readBytes(meters);
        channel.read(ByteBuffer.allocateDirect(17 * MIB).alignedSlice(MIB).limit(16 * MIB), 0);
        assertTrue(readBytes(meters) - before >= 16 * MIB, "answered by a cache: read " + i);
      }
    }
  }

  private static long readBytes(Meters meters) {
    String figure = "veneer_device_request_bytes_total{call=\"Read\",door=\"attach\"} ";
    return new String(meters.text(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith(figure))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(figure.length())))
        .sum();
  }

  @Test
  void detachWritesBackWhatNobodyForced() throws Exception {
    Path path = attached.attachNew("disk", 64 * MIB);
    byte[] content = bytes(MIB, 2);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(content), 0);
    }
    attached.attachments.detach("disk");
    assertArrayEquals(content, attached.read("disk", 0, content.length));
  }

  @Test
  void attachingAgainAnswersTheSamePath() {
    Path path = attached.attachNew("disk", 64 * MIB);
    assertEquals(path, attached.attach("disk"));
    assertEquals(path, attached.attachments.attach("disk", false, Via.LOOP).path());
    assertEquals(1, attached.attachments.list().size());
    String refusal = refusal(() -> attached.attachments.attach("disk", true, Via.AUTO));
    assertTrue(refusal.startsWith("device is attached in another way, detach it first"), refusal);
  }

  @Test
  void sectorsMayBeLarge() throws Exception {
    attached.pool.createDevice("disk", 64 * MIB);
    Path path = attached.attachments.attach("disk", false, Via.LOOP, 4096).path();
    assertEquals("4096", blockdev("--getss", path));
    String refusal = refusal(() -> attached.attachments.attach("disk", false, Via.LOOP, 1024));
    assertTrue(refusal.startsWith("sectors have 512 or 4096 bytes"), refusal);
  }

  @Test
  void otherSectorsThanThoseOfAnAttachedDeviceAreRefused() {
    Path path = attached.attachNew("disk", 64 * MIB);
    assertEquals(path, attached.attachments.attach("disk", false, Via.AUTO, 512).path());
    assertEquals(
        "device is attached in another way, detach it first: device=disk path="
            + path
            + " readOnly=false via=loop sectorBytes=512",
        refusal(() -> attached.attachments.attach("disk", false, Via.AUTO, 4096)));
    attached.attachments.detach("disk");
    attached.attachments.attach("disk", false, Via.AUTO, 4096);
    assertEquals(1, attached.attachments.list().size());
    attached.attach("disk");
    refusal(() -> attached.attachments.attach("disk", false, Via.AUTO, 512));
  }

  @Test
  void readOnlyIsHonoured() throws Exception {
    Program.require("mkfs.ext4");
    Path path = attached.attachNew("disk", 64 * MIB);
    Program.run("mkfs.ext4", "-q", path);
    attached.attachments.detach("disk");
    Attachment attachment = attached.attachments.attach("disk", true, Via.AUTO);
    assertTrue(attachment.readOnly());
    assertEquals("1", blockdev("--getro", attachment.path()));
    assertThrows(IOException.class, () -> write(attachment.path()));
    assertThrows(IOException.class, () -> write(attachment.file()));
    Path point = attached.mount(attachment.path(), "ro");
    assertThrows(IOException.class, () -> Files.createFile(point.resolve("file")));
    AttachedPool.unmount(point);
  }

  private static void write(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(512), 0);
    }
  }

  @Test
  void aSealedDeviceIsAttachedForReading() throws Exception {
    attached.pool.createDevice("layer", 64 * MIB);
    seal("layer");
    Attachment attachment = attached.attachments.attach("layer", false, Via.AUTO);
    assertTrue(attachment.readOnly());
    assertEquals(attachment, attached.attachments.attach("layer", false, Via.AUTO));
    assertEquals("1", blockdev("--getro", attachment.path()));
  }

  private void seal(String name) {
    attached.pool.transact(
        operations -> {
          operations.sealDevice(name);
          return null;
        });
  }

  @Test
  void oddNamesAreAttached() {
    List<String> names = List.of("?", "a/b c", "..", "\u00fc\u4e16%\\\"'", "x".repeat(255));
    for (String name : names) {
      attached.attachNew(name, 16 * MIB);
    }
    assertEquals(names, attached.attachments.list().stream().map(Attachment::device).toList());
    names.forEach(attached.attachments::detach);
  }

  @Test
  void whatIsMountedStaysAttached() throws Exception {
    Program.require("mkfs.ext4");
    Path path = attached.attachNew("disk", 64 * MIB);
    Program.run("mkfs.ext4", "-q", path);
    Path point = attached.mount(path);
    String refusal = refusal(() -> attached.attachments.detach("disk"));
    assertTrue(refusal.startsWith("device is mounted, unmount it first: umount " + point), refusal);
    Files.writeString(point.resolve("file"), "still there");
    AttachedPool.unmount(point);
    attached.attachments.detach("disk");
  }

  @Alone
  @Test
  void theAdvisedCommandCanBePasted() throws Exception {
    Program.require("mkfs.ext4", "bash");
    Path path = attached.attachNew("disk", 64 * MIB);
    Program.run("mkfs.ext4", "-q", path);
    Path point = Files.createDirectory(folder.resolve("a b $(touch pwned)\n'\""));
    Program.run("mount", path, point);
    String refusal = refusal(() -> attached.attachments.detach("disk"));
    assertEquals(1, refusal.lines().count(), refusal);
    AttachedPool.paste(refusal.replaceAll(".*first: | \\(path=.*", ""));
    attached.attachments.detach("disk");
  }

  @Test
  void whatIsMountedInAnotherNamespaceStaysAttached() throws Exception {
    Program.require("mkfs.ext4", "unshare");
    Path path = attached.attachNew("disk", 64 * MIB);
    Program.run("mkfs.ext4", "-q", path);
    Path point = Files.createDirectory(folder.resolve("elsewhere"));
    Process container = holding("mount " + path + " " + point, "unshare", "-m");
    try {
      String refusal = refusal(() -> attached.attachments.detach("disk"));
      assertTrue(refusal.startsWith("device is in use, by a mount in another namespace"), refusal);
      assertTrue(refusal.contains("of pid " + container.pid() + " (sh)"), refusal);
      AttachedPool.paste(refusal.replaceAll(".*first: | \\(path=.*", ""));
      attached.attachments.detach("disk");
    } finally {
      end(container);
    }
  }

  @Test
  void whatIsUnmountedLazilyStaysAttached() throws Exception {
    Program.require("mkfs.ext4");
    Path path = attached.attachNew("disk", 64 * MIB);
    Program.run("mkfs.ext4", "-q", path);
    Path point = attached.mount(path);
    Process program = holding("cd " + point);
    try {
      Program.run("umount", "-l", point);
      String refusal = refusal(() -> attached.attachments.detach("disk"));
      assertTrue(refusal.contains("(umount -l), end first who has files open there"), refusal);
      assertTrue(refusal.contains("fuser -vm " + path), refusal);
      attached.attachments.close();
      attached.openAttachments();
      List<String> leftovers = attached.attachments.leftovers();
      assertTrue(
          leftovers.get(0).startsWith("still in use, perhaps by a file"), leftovers::toString);
    } finally {
      end(program);
    }
  }

  @Test
  void whatIsSwapSpaceStaysAttached() throws Exception {
    Program.require("mkswap", "swapon");
    Path path = attached.attachNew("disk", 16 * MIB);
    Program.run("mkswap", path);
    int refused = new ProcessBuilder("swapon", path.toString()).start().waitFor();
    Program.skipUnless(refused == 0, "may not swap here");
    String refusal = refusal(() -> attached.attachments.detach("disk"));
    String advice = "device is in use, as swap space, end that first: swapoff " + path;
    Program.run("swapoff", path);
    assertTrue(refusal.startsWith(advice), refusal);
    attached.attachments.detach("disk");
  }

  @Test
  void whatAProgramHasOpenStaysAttached() throws Exception {
    Path path = attached.attachNew("disk", 64 * MIB);
    try (FileChannel open = FileChannel.open(path, StandardOpenOption.READ)) {
      String refusal = refusal(() -> attached.attachments.detach("disk"));
      assertTrue(refusal.startsWith("device is open in a program, end it first"), refusal);
      String own = "but leave pid " + ProcessHandle.current().pid() + ", which is the server";
      assertTrue(refusal.contains(own), refusal);
      assertEquals(512, open.read(ByteBuffer.allocate(512), 0));
      assertEquals(1, attached.attachments.list().size());
    }
    attached.attachments.detach("disk");
    assertFalse(Files.exists(attached.runFolder().resolve("attach/disk")));
  }

  @Test
  void theProgramThatHasItOpenIsNamed() throws Exception {
    Path path = attached.attachNew("disk", 64 * MIB);
    Process program = holding("exec 3< " + path);
    try {
      assertEquals(
          "device is open in a program, end it first: pid %d (sh) (path=%s)"
              .formatted(program.pid(), path),
          refusal(() -> attached.attachments.detach("disk")));
    } finally {
      end(program);
    }
    attached.attachments.detach("disk");
  }

  /** A shell that has done something, and stays until it is ended. */
  private static Process holding(String script, String... prefix) throws IOException {
    List<String> words = new ArrayList<>(List.of(prefix));
    words.addAll(List.of("sh", "-c", script + " && echo done && read line"));
    Process shell = new ProcessBuilder(words).start();
    assertEquals("done", shell.inputReader().readLine());
    return shell;
  }

  private static void end(Process shell) throws IOException, InterruptedException {
    shell.getOutputStream().close();
    shell.waitFor();
  }

  @Test
  void aDeviceRemovedWhileAttachedWorksUntilItIsDetached() throws Exception {
    Program.require("mkfs.ext4", "e2fsck");
    Path path = attached.attachNew("disk", 64 * MIB);
    Program.run("mkfs.ext4", "-q", path);
    attached.pool.removeDevice("disk");
    Path point = attached.mount(path);
    Files.write(point.resolve("file"), bytes(MIB, 3));
    AttachedPool.unmount(point);
    Program.run("e2fsck", "-fn", path);
    attached.pool.createDevice("disk", 16 * MIB);
    String refusal = refusal(() -> attached.attach("disk"));
    assertEquals(
        "an earlier device of this name is still attached, detach it first: device=disk path="
            + path,
        refusal);
    attached.attachments.detach("disk");
    assertEquals("" + 16 * MIB, blockdev("--getsize64", attached.attach("disk")));
    attached.attachments.detach("disk");
    attached.pool.awaitRemovals();
    assertEquals(0, attached.pool.status().usedDataBytes());
  }

  @Test
  void aRemovedDeviceIsMarked() {
    attached.attachNew("disk", 16 * MIB);
    assertFalse(attached.attachments.list().get(0).removed());
    attached.pool.removeDevice("disk");
    Attachment removed = attached.attachments.list().get(0);
    assertEquals("disk", removed.device());
    assertTrue(removed.removed());
  }

  @Test
  void aRenamedDeviceIsDetachedByItsNewName() {
    attached.attachNew("old", 16 * MIB);
    attached.pool.renameDevice("old", "new");
    assertEquals("new", attached.attachments.list().get(0).device());
    assertThrows(NoSuchDeviceException.class, () -> attached.attach("old"));
    attached.attachments.detach("new");
  }

  @Test
  void whatIsNotThereIsRefused() {
    assertThrows(NoSuchDeviceException.class, () -> attached.attach("none"));
    assertThrows(NoSuchDeviceException.class, () -> attached.attachments.detach("none"));
    attached.pool.createDevice("disk", 16 * MIB);
    assertEquals(
        "device is not attached: device=disk", refusal(() -> attached.attachments.detach("disk")));
    assertEquals(List.of(), attached.attachments.list());
  }

  @Test
  void aNewSizeIsTakenOver() throws Exception {
    Program.require("mkfs.ext4", "resize2fs", "e2fsck");
    Path path = attached.attachNew("disk", 64 * MIB);
    Program.run("mkfs.ext4", "-q", path);
    Path point = attached.mount(path);
    byte[] content = bytes(10 * MIB, 4);
    Files.write(point.resolve("before"), content);
    attached.pool.resizeDevice("disk", 256 * MIB);
    attached.attachments.refresh();
    assertEquals("" + 256 * MIB, blockdev("--getsize64", path));
    Path grown = attached.growExt4(path, point);
    Files.write(grown.resolve("after"), bytes(150 * MIB, 5));
    assertArrayEquals(content, Files.readAllBytes(grown.resolve("before")));
    AttachedPool.unmount(grown);
    Program.run("e2fsck", "-fn", path);
  }

  @Test
  void aMountedFileSystemIsNotCutOff() throws Exception {
    Program.require("mkfs.ext4", "e2fsck");
    Path path = attached.attachNew("disk", 64 * MIB);
    Program.run("mkfs.ext4", "-q", path);
    Path point = attached.mount(path);
    byte[] content = bytes(40 * MIB, 11);
    Files.write(point.resolve("file"), content);
    Program.run("sync", "-f", point);
    assertEquals(
        "device is attached, detach it (a container: unmount it) before it is made smaller:"
            + " name=disk path="
            + path,
        refusal(() -> attached.pool.resizeDevice("disk", 8 * MIB)));
    AttachedPool.unmount(point);
    assertTrue(
        refusal(() -> attached.pool.resizeDevice("disk", 8 * MIB))
            .startsWith("device is attached, detach it (a container: unmount it) before"));
    Program.run("e2fsck", "-fn", path);
    Path again = attached.mount(path, "ro");
    assertArrayEquals(content, Files.readAllBytes(again.resolve("file")));
    AttachedPool.unmount(again);
    attached.attachments.detach("disk");
    attached.pool.resizeDevice("disk", 8 * MIB);
    assertEquals("" + 8 * MIB, blockdev("--getsize64", attached.attach("disk")));
  }

  /** Whoever comes second sees what the first has done, or is refused; nobody is cut off. */
  @Test
  void attachingAndMakingSmallerDoNotCross() throws Exception {
    for (int i = 0; i < 50; i++) {
      String name = "disk" + i;
      attached.pool.createDevice(name, 64 * MIB);
      CompletableFuture<Boolean> smaller =
          CompletableFuture.supplyAsync(() -> isMadeSmaller(name, 8 * MIB));
      Path path = attached.attach(name);
      long expected = smaller.join() ? 8 * MIB : 64 * MIB;
      assertEquals("" + expected, blockdev("--getsize64", path));
      assertEquals(expected, attached.pool.device(name).sizeBytes());
      attached.attachments.detach(name);
    }
  }

  private boolean isMadeSmaller(String name, long sizeBytes) {
    try {
      attached.pool.resizeDevice(name, sizeBytes);
      return true;
    } catch (PoolException e) {
      return false;
    }
  }

  @Test
  void trimmedSpaceGoesBackToTheHost() throws Exception {
    Program.require("mkfs.ext4", "fstrim");
    Path path = attached.attachNew("disk", 256 * MIB);
    Program.run("mkfs.ext4", "-q", path);
    Path point = attached.mount(path);
    Files.write(point.resolve("file"), bytes(100 * MIB, 6));
    Program.run("sync", "-f", point);
    long full = attached.hostBytes();
    Files.delete(point.resolve("file"));
    Program.run("sync", "-f", point);
    Program.run("fstrim", point);
    attached.pool.commit();
    awaitSmaller(full - 90L * MIB);
    AttachedPool.unmount(point);
  }

  /** Punching follows the commit in the background. */
  private void awaitSmaller(long bytes) throws Exception {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (attached.hostBytes() > bytes) {
      assertTrue(System.nanoTime() < deadline, "not given back: " + attached.hostBytes());
      Thread.onSpinWait();
    }
  }

  /** Writes what will be refused when it is written back: the device is sealed by then. */
  private void loseWrites(String name) throws IOException {
    Path path = attached.attachNew(name, 64 * MIB);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes(MIB, 8)), 0);
    }
    seal(name);
  }

  @Test
  void detachTellsOnceThatWritesWereLost() throws Exception {
    loseWrites("disk");
    String refusal = refusal(() -> attached.attachments.detach("disk"));
    assertTrue(refusal.startsWith("writes to the device have failed, and what was"), refusal);
    assertTrue(refusal.contains("detach it again to go without that: path=/dev/loop"), refusal);
    assertEquals(1, attached.attachments.list().size());
    attached.attachments.detach("disk");
    assertEquals(0, attached.pool.device("disk").open());
  }

  @Test
  void aDeviceWithLostWritesIsDetachedWhenTheServerStops() throws Exception {
    loseWrites("disk");
    attached.attachments.close();
    assertFalse(Files.exists(attached.runFolder().resolve("attach/disk")));
    assertEquals(0, attached.pool.device("disk").open());
  }

  @Test
  void everythingIsDetachedWhenTheServerStops() {
    for (int i = 0; i < 5; i++) {
      attached.attachNew("disk" + i, 16 * MIB);
    }
    attached.attachments.close();
    assertThrows(PoolException.class, () -> attached.attach("disk0"));
  }
}
