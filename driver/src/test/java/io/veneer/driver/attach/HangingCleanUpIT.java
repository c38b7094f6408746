// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static io.veneer.driver.attach.AttachedPool.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.driver.fuse.FuseFile;
import io.veneer.driver.fuse.FuseOptions;
import io.veneer.driver.nbd.Program;
import io.veneer.thinpool.BlockDevice;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an earlier server mounted on a FUSE file whose connection is open, but answers nothing. */
@Timeout(120)
class HangingCleanUpIT {
  private static final long CALL_SECONDS = 20;

  @TempDir Path folder;
  private AttachedPool attached;
  private final CountDownLatch opened = new CountDownLatch(1);
  private volatile boolean shut;

  @BeforeEach
  void open() throws IOException {
    attached = AttachedPool.in(folder);
    Program.require("mkfs.ext4");
  }

  @AfterEach
  void close() throws Exception {
    opened.countDown();
    if (attached != null) {
      attached.close();
    }
  }

  private BlockDevice gated(BlockDevice device) {
    return (BlockDevice)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {BlockDevice.class},
            (proxy, method, arguments) -> {
              if (shut && method.getName().matches("read|write.*|flush")) {
                opened.await();
              }
              try {
                return method.invoke(device, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void isTakenAwayWithoutWaitingForAnAnswer() throws Exception {
    attached.pool.createDevice("disk", 64 * MIB);
    Path record = Files.createFile(attached.runFolder().resolve("attach/disk"));
    BlockDevice device = gated(attached.pool.openDevice("disk"));
    FuseFile file = FuseFile.mount(device, record, FuseOptions.of(false));
    try {
      mountAndWrite(record);
      shut = true;
      CompletableFuture<?> cleaned = CompletableFuture.runAsync(this::cleanAll);
      cleaned.get(CALL_SECONDS, TimeUnit.SECONDS);
    } finally {
      opened.countDown();
      file.close();
    }
    assertEquals(List.of(), KernelMounts.read().pointsBelow(attached.runFolder()));
  }

  /** As the server does that is killed then. */
  private void mountAndWrite(Path record) throws Exception {
    Path point = Files.createDirectory(attached.runFolder().resolve("mounted"));
    try (LoopDevice loop = LoopDevice.onto(record, false, 512)) {
      Program.run("mkfs.ext4", "-q", loop.path());
      Program.run("mount", loop.path(), point);
    }
    Files.writeString(point.resolve("file"), "not written back");
  }

  private void cleanAll() {
    while (!attached.attachments.leftovers().isEmpty()) {
      continue;
    }
  }
}
