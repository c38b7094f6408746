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
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device whose flat file somebody uses stays attached, all of it. */
@Timeout(120)
class FlatFilesIT extends AttachedPoolCases {
  private void assertDetachRefused() {
    Path file = only().file();
    String refusal = refusal(() -> attached.attachments.detach("disk"));
    assertTrue(
        refusal.startsWith("file is in use, end its users first (fuser -v " + file), refusal);
  }

  private static void assertHolds(byte[] content, Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer found = ByteBuffer.allocate(content.length);
      channel.read(found, 0);
      assertArrayEquals(content, found.array());
    }
  }

  private static byte[] written(Path path) throws IOException {
    byte[] content = bytes(MIB, 1);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(content), 0);
    }
    return content;
  }

  private void assertDetached() {
    attached.attachments.detach("disk");
    assertEquals(List.of(), attached.attachments.list());
    assertFalse(Files.exists(attached.runFolder().resolve("attach/disk")));
  }

  @Test
  void oneThatIsOpenKeepsItsDeviceAttached() throws Exception {
    Path path = attached.attachNew("disk", 64 * MIB);
    byte[] content = written(path);
    try (FileChannel open = FileChannel.open(only().file(), StandardOpenOption.READ)) {
      assertDetachRefused();
      assertEquals(path, attached.attach("disk"));
      assertHolds(content, path);
      assertEquals(512, open.read(ByteBuffer.allocate(512), 0));
    }
    assertDetached();
  }

  @Test
  void theSameWhereItIsKept() throws Exception {
    attached.attachments.close();
    attached.openKeeping();
    oneThatIsOpenKeepsItsDeviceAttached();
  }

  /** Nobody tells us of that, so the loop device has gone already when it is found. */
  @Test
  void whatIsFoundToBeInUseTooLateIsWholeAgain() throws Exception {
    Program.require("blockdev");
    attached.pool.createDevice("disk", 64 * MIB);
    byte[] content = written(attached.attachments.attach("disk", false, Via.LOOP, 4096).path());
    int place = DeviceCalls.open(only().file().toString(), DeviceCalls.O_PATH);
    try {
      assertDetachRefused();
      assertEquals(only().path(), attached.attach("disk"));
      assertEquals("4096", Program.run("blockdev", "--getss", only().path()).strip());
      assertHolds(content, only().path());
    } finally {
      DeviceCalls.close(place);
    }
    assertDetached();
  }

  @Test
  void oneThatWasOpenedUnderAnEarlierServerKeepsItsDeviceAttached() throws Exception {
    AttachedPool.requireKeeping();
    attached.attachments.close();
    attached.openKeeping();
    attached.pool.close();
    AttachServer first = AttachServer.startKeeping(60, folder, 64, "disk");
    byte[] content = written(first.path(0));
    Path file = attached.runFolder().resolve("attach/disk");
    try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ)) {
      first.close();
      attached.pool = ThinPool.open(attached.poolFolder());
      attached.openKeeping();
      assertDetachRefused();
      assertHolds(content, only().path());
      assertEquals(512, open.read(ByteBuffer.allocate(512), 0));
    }
    assertDetached();
  }

  @Test
  void oneThatIsOpenAtTheEndIsCutOff() throws Exception {
    attached.attachNew("disk", 64 * MIB);
    FileChannel open = FileChannel.open(only().file(), StandardOpenOption.READ);
    assertDetachRefused();
    attached.attachments.close();
    assertEquals(0, attached.pool.device("disk").open());
    assertThrows(IOException.class, () -> open.read(ByteBuffer.allocate(512), 0));
    open.close();
    attached.openAttachments();
  }
}
