// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static io.veneer.driver.attach.AttachedPool.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A released device whose flat file was opened under an earlier server, which nobody is told of.
 */
@Timeout(120)
class ReleasedFlatFileIT {
  private static final long WATCH_MILLIS = 6000;

  @TempDir Path folder;
  private AttachedPool attached;

  @BeforeEach
  void open() throws IOException {
    AttachedPool.requireKeeping();
    attached = AttachedPool.in(folder);
  }

  @AfterEach
  void close() throws Exception {
    if (attached != null) {
      attached.close();
    }
  }

  /** Another one each time that a loop device is set up. */
  private String disk() throws IOException {
    Path path = attached.attachments.list().get(0).path();
    return Files.readString(Path.of("/sys/block", path.getFileName().toString(), "diskseq"));
  }

  @Test
  void isLeftAloneUntilThatIsClosed() throws Exception {
    attached.attachments.close();
    attached.pool.close();
    AttachServer first = AttachServer.startKeeping(60, folder, 64, "disk");
    Path file = attached.runFolder().resolve("attach/disk");
    try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ)) {
      first.close();
      attached.pool = ThinPool.open(attached.poolFolder());
      attached.openKeeping();
      attached.attachments.release("disk");
      String disk = disk();
      long end = System.currentTimeMillis() + WATCH_MILLIS;
      while (System.currentTimeMillis() < end) {
        assertEquals(disk, disk(), "taken away and set up again");
        Thread.sleep(20);
      }
      assertEquals(512, open.read(ByteBuffer.allocate(512), 0));
    }
    awaitTakenBack(file);
  }

  private void awaitTakenBack(Path file) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!attached.attachments.list().isEmpty()) {
      assertTrue(System.nanoTime() < deadline, "not taken back");
      Thread.sleep(20);
    }
    assertFalse(Files.exists(file));
    assertEquals(List.of(), attached.attachments.leftovers());
    assertEquals(64L * MIB, attached.pool.device("disk").sizeBytes());
  }
}
