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
import io.veneer.driver.thin.VolumeKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Attachments whose connection somebody aborts: they are seen to be dead, and are taken back. */
@Timeout(120)
class DeadAttachmentsIT extends AttachedPoolCases {
  /** As {@code umount -f} on the file does. */
  private void abort() throws Exception {
    DeviceCalls.abort(only().file().toString());
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!only().dead()) {
      assertTrue(System.nanoTime() < deadline, "not seen to be dead");
      Thread.sleep(10);
    }
  }

  private void assertTakenBack() {
    assertEquals(List.of(), attached.attachments.list());
    assertEquals(List.of(), attached.attachments.leftovers());
    assertEquals(0, attached.pool.device("disk").open());
    assertFalse(Files.exists(attached.runFolder().resolve("attach/disk")));
  }

  @Test
  void oneIsDetachedByTheSecondCallAtTheLatest() throws Exception {
    byte[] flushed = bytes(MIB, 1);
    Path path = attached.attachNew("disk", 64 * MIB);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(flushed), 0);
      channel.force(true);
    }
    assertFalse(only().dead());
    abort();
    String refused = refusal(() -> attached.attach("disk"));
    assertTrue(refused.startsWith("the block device gives only errors, as its con"), refused);
    String told = refusal(() -> attached.attachments.detach("disk"));
    assertTrue(told.startsWith("writes to the device have failed, and what was"), told);
    attached.attachments.detach("disk");
    assertTakenBack();
    attached.attach("disk");
    assertFalse(only().dead());
    assertArrayEquals(flushed, attached.read("disk", 0, flushed.length));
  }

  @Test
  void oneThatIsMountedIsDetachedOnceItIsUnmounted() throws Exception {
    Program.require("mkfs.ext4");
    Path path = attached.attachNew("disk", 64 * MIB);
    Program.run("mkfs.ext4", "-q", path);
    Path point = attached.mount(path);
    Files.write(point.resolve("file"), bytes(MIB, 2));
    abort();
    String refused = refusal(() -> attached.attachments.detach("disk"));
    assertTrue(refused.startsWith("device is mounted, unmount it first: umount " + point), refused);
    AttachedPool.unmount(point);
    refusal(() -> attached.attachments.detach("disk"));
    attached.attachments.detach("disk");
    assertTakenBack();
  }

  /** It looks at all that is mounted on the machine. */
  @Test
  void mkfsOfBtrfsSaysWhatIsInItsWay() throws Exception {
    Program.require("mkfs.ext4", "mkfs.btrfs");
    Path path = attached.attachNew("disk", 64 * MIB);
    Program.run("mkfs.ext4", "-q", path);
    attached.mount(path);
    abort();
    Path image = folder.resolve("image");
    Program.run("truncate", "-s", "128M", image);
    IOException failure =
        assertThrows(IOException.class, () -> VolumeKind.BTRFS.make(image, List.of()));
    assertTrue(failure.getMessage().contains("losetup --list"), failure::getMessage);
  }

  @Test
  void oneWhoseFileAProgramHasOpenIsDetached() throws Exception {
    attached.attachNew("disk", 64 * MIB);
    FileChannel open = FileChannel.open(only().file(), StandardOpenOption.READ);
    abort();
    refusal(() -> attached.attachments.detach("disk"));
    attached.attachments.detach("disk");
    assertTakenBack();
    assertThrows(IOException.class, () -> open.read(ByteBuffer.allocate(512), 0));
    open.close();
  }

  @Test
  void aNewSizeIsNotToldToOne() throws Exception {
    attached.attachNew("disk", 16 * MIB);
    abort();
    attached.pool.resizeDevice("disk", 32 * MIB);
    attached.attachments.refresh();
  }

  @Test
  void oneThatWasReleasedGoesByItself() throws Exception {
    Path path = attached.attachNew("disk", 16 * MIB);
    try (FileChannel open = FileChannel.open(path, StandardOpenOption.READ)) {
      attached.attachments.release("disk");
      abort();
      refusal(() -> attached.attach("disk"));
      assertTrue(open.isOpen());
    }
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!attached.attachments.list().isEmpty()) {
      assertTrue(System.nanoTime() < deadline, "not taken back");
      Thread.sleep(20);
    }
    assertTakenBack();
  }

  @Test
  void oneIsNotKeptForTheNextServer() throws Exception {
    AttachedPool.requireKeeping();
    attached.attachments.close();
    attached.openKeeping();
    Path path = attached.attachNew("disk", 16 * MIB);
    FileChannel open = FileChannel.open(path, StandardOpenOption.READ);
    abort();
    attached.attachments.close();
    awaitGone(attached.runFolder().resolve("keeper.sock"));
    open.close();
    attached.openAttachments();
    assertTakenBack();
  }

  /** A keeper ends after it has answered that it will. */
  private static void awaitGone(Path socket) throws Exception {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (Files.exists(socket)) {
      assertTrue(System.nanoTime() < deadline, "the keeper is still there");
      Thread.sleep(20);
    }
  }
}
