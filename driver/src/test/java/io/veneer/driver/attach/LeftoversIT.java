// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static io.veneer.driver.attach.AttachedPool.MIB;
import static io.veneer.driver.attach.AttachedPool.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.nbd.Program;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is in use when its server ends, or is killed, is gone soon after its last user. */
@Timeout(120)
class LeftoversIT extends AttachedPoolCases {
  @BeforeEach
  void require() {
    Program.require("mkfs.ext4", "e2fsck");
  }

  /** Without being asked for: the list cleans up, too. */
  private void awaitNoFileBut(String... names) throws Exception {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!files().equals(List.of(names))) {
      assertTrue(System.nanoTime() < deadline, () -> "not cleaned up: " + files());
      Thread.sleep(20);
    }
  }

  private List<String> files() {
    try (Stream<Path> files = Files.list(attached.runFolder().resolve("attach"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Path mountedNew() throws Exception {
    Path path = attached.attachNew("disk", 64 * MIB);
    Program.run("mkfs.ext4", "-q", path);
    return attached.mount(path);
  }

  private void assertLeft(Path point) {
    List<String> leftovers = attached.attachments.leftovers();
    assertEquals(1, leftovers.size());
    assertTrue(leftovers.get(0).startsWith("still mounted, do: umount " + point), leftovers.get(0));
  }

  @Test
  void stoppingWhileMountedSavesWhatWasWritten() throws Exception {
    Path point = mountedNew();
    Path path = attached.attach("disk");
    byte[] content = bytes(5 * MIB, 7);
    Files.write(point.resolve("file"), content);
    attached.attachments.close();
    assertEquals(List.of(), KernelMounts.read().pointsBelow(attached.runFolder()));
    assertThrows(IOException.class, () -> writeDurably(point.resolve("other")));
    attached.pool.close();
    attached.open();
    List<String> leftovers = attached.attachments.leftovers();
    assertEquals(1, leftovers.size());
    assertTrue(leftovers.get(0).startsWith("still mounted, do: umount " + point), leftovers.get(0));
    Path again = attached.attach("disk");
    assertFalse(again.equals(path));
    AttachedPool.unmount(point);
    awaitNoFileBut("disk~2");
    AttachedPool.recoverExt4(again);
    Path second = attached.mount(again);
    assertArrayEquals(content, Files.readAllBytes(second.resolve("file")));
    AttachedPool.unmount(second);
  }

  @Test
  void theAdvisedCommandCanBePasted() throws Exception {
    Program.require("bash");
    Path path = attached.attachNew("disk", 64 * MIB);
    Program.run("mkfs.ext4", "-q", path);
    Path point = Files.createDirectory(folder.resolve("a b $(touch pwned)\n'"));
    Program.run("mount", path, point);
    attached.attachments.close();
    attached.openAttachments();
    List<String> leftovers = attached.attachments.leftovers();
    assertEquals(1, leftovers.size());
    AttachedPool.paste(leftovers.get(0).replaceAll(".* do: | \\(/dev/.*", ""));
    awaitNoFileBut();
  }

  private static void writeDurably(Path path) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(MIB));
      channel.force(true);
    }
  }

  /** Nobody serves the pool any more, and it can be deleted. */
  @Test
  void nothingOfAStoppedServerIsLeftOnceItIsUnmounted() throws Exception {
    Path point = mountedNew();
    attached.attachments.close();
    AttachedPool.unmount(point);
    assertEquals(List.of(), AttachedPool.remains(folder.toRealPath()));
    Files.delete(attached.runFolder().resolve("attach/disk"));
    attached.openAttachments();
  }

  @Test
  void whatASecondServerFindsInUseIsLeftToAThird() throws Exception {
    attached.attachments.close();
    attached.pool.close();
    AttachServer first = AttachServer.start(folder, 64, "disk");
    Program.run("mkfs.ext4", "-q", first.path(0));
    Path point = attached.mount(first.path(0));
    first.kill();
    attached.open();
    assertLeft(point);
    String refusal = refusal(() -> attached.attachments.detach("disk"));
    assertTrue(refusal.startsWith("device is not attached, but left by an earlier"), refusal);
    assertTrue(refusal.contains("do: umount " + point), refusal);
    attached.attachments.close();
    assertEquals(List.of(), KernelMounts.read().pointsBelow(attached.runFolder()));
    attached.openAttachments();
    assertLeft(point);
    AttachedPool.unmount(point);
    awaitNoFileBut();
  }

  @Test
  void whatAKilledServerLeftGoesWithItsLastUser() throws Exception {
    attached.attachments.close();
    attached.pool.close();
    AttachServer first = AttachServer.start(folder, 64, "disk");
    FileChannel open = FileChannel.open(first.path(0), StandardOpenOption.READ);
    first.kill();
    attached.open();
    assertEquals(List.of("disk"), files());
    open.close();
    awaitNoFileBut();
    assertEquals(List.of(), attached.attachments.list());
  }

  /** What the server itself mounted is nobody else's to unmount. */
  @Test
  void whatIsMountedInTheRunFolderIsTakenAwayAtTheEnd() throws Exception {
    Path path = attached.attachNew("disk", 64 * MIB);
    Program.run("mkfs.ext4", "-q", path);
    Path point = Files.createDirectory(attached.runFolder().resolve("mounted"));
    Program.run("mount", path, point);
    attached.attachments.close();
    assertEquals(List.of(), KernelMounts.read().pointsBelow(attached.runFolder()));
    attached.openAttachments();
    awaitNoFileBut();
  }
}
