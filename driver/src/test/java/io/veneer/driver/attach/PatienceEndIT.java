// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a killed server attached, when no other has come before the keeper's patience ends. */
@Timeout(120)
class PatienceEndIT {
  private static final long GIVES_UP_MILLIS = 20_000;

  @TempDir Path given;
  private Path folder;
  private AttachServer server;

  @BeforeEach
  void require() throws IOException {
    AttachedPool.requireKeeping();
    Program.require("mkfs.ext4");
    folder = given.toRealPath();
    server = AttachServer.startKeeping(1, folder, 64, "disk");
  }

  @AfterEach
  void cleanUp() throws Exception {
    AttachedPool.unmountAll(folder);
    if (server != null) {
      server.close();
      AttachServer.start(folder, 64, "other").close(); // takes back what a failure left
      assertEquals(List.of(), AttachedPool.remains(folder));
    }
  }

  private void awaitNothingInAttach() throws Exception {
    long deadline = System.currentTimeMillis() + GIVES_UP_MILLIS;
    while (!KernelMounts.read().pointsBelow(folder.resolve("run")).isEmpty()) {
      assertTrue(System.currentTimeMillis() < deadline, "a dead FUSE file is left");
      Thread.sleep(50);
    }
  }

  /** So the pool can be deleted though no server ever comes. */
  @Test
  void nothingIsLeftOnceItsUserIsGone() throws Exception {
    FileChannel open = FileChannel.open(server.path(0), StandardOpenOption.READ);
    server.kill();
    awaitNothingInAttach();
    assertThrows(IOException.class, () -> open.read(ByteBuffer.allocate(512), 32 << 20));
    open.close();
    long deadline = System.currentTimeMillis() + GIVES_UP_MILLIS;
    while (!AttachedPool.remains(folder).isEmpty()) {
      assertTrue(System.currentTimeMillis() < deadline, "a loop device is left");
      Thread.sleep(50);
    }
  }

  @Test
  void theNextServerNamesWhatIsStillMounted() throws Exception {
    Program.run("mkfs.ext4", "-q", server.path(0));
    Path point = Files.createDirectories(folder.resolve("mnt"));
    Program.run("mount", server.path(0), point);
    server.kill();
    awaitNothingInAttach();
    assertThrows(IOException.class, () -> Files.writeString(point.resolve("file"), "lost"));
    try (ThinPool pool = ThinPool.open(folder.resolve("pool"));
        Attachments next = Attachments.open(pool, folder.resolve("run"))) {
      String told = "still mounted, do: umount " + point + " (" + server.path(0) + ")";
      assertEquals(List.of(told), next.leftovers());
      AttachedPool.unmount(point);
      assertEquals(List.of(), next.leftovers());
    }
  }
}
