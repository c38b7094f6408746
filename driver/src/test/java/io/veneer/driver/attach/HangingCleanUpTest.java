// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A connection that an earlier server left, and of which {@code nbd-client} does not come back. The
 * program and sysfs are pretended ones.
 */
@Timeout(60)
class HangingCleanUpTest {
  private static final int MIB = 1 << 20;

  /** Less than a program may take, which is what nobody waits for. */
  private static final long CALL_SECONDS = 10;

  private static final String PROGRAM =
      """
      #!/bin/sh
      cd "$(dirname "$0")"
      echo "$@" >> calls
      for last; do :; done
      name=${last#/dev/}
      while [ "$1" = -d ] && [ -e "held-$name" ]; do sleep 0.02; done
      [ "$1" = -d ] && { rm "sys/$name/pid"; exit; }
      echo 42 > "sys/$name/pid"
      """;

  @TempDir private Path folder;
  private Path held;
  private Path record;
  private ThinPool pool;
  private Attachments attachments;

  @BeforeEach
  void leaveConnection() throws IOException {
    ThinPool.create(folder.resolve("pool"), PoolOptions.ofSize(64 * MIB));
    pool = ThinPool.open(folder.resolve("pool"));
    for (int i = 0; i < 3; i++) {
      Path device = Files.createDirectories(folder.resolve("sys/nbd" + i));
      Files.writeString(device.resolve("size"), "" + 8 * MIB / 512);
    }
    Files.writeString(folder.resolve("sys/nbd0/pid"), "17\n");
    Path program = Files.writeString(folder.resolve("nbd-client"), PROGRAM);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    record = attachFolder().create("disk");
    attachFolder().note(record, "/dev/nbd0 17 " + boot);
    held = Files.createFile(folder.resolve("held-nbd0"));
  }

  @AfterEach
  void close() throws IOException {
    Files.deleteIfExists(held);
    if (attachments != null) {
      attachments.close();
    }
    pool.close();
  }

  private AttachFolder attachFolder() {
    return AttachFolder.in(folder.resolve("run"));
  }

  private static <T> T soon(Callable<T> call) throws Exception {
    CompletableFuture<T> outcome = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                outcome.complete(call.call());
              } catch (Throwable e) {
                outcome.completeExceptionally(e);
              }
            });
    caller.setDaemon(true);
    caller.start();
    return outcome.get(CALL_SECONDS, TimeUnit.SECONDS);
  }

  private void open() throws Exception {
    NbdClient client = new NbdClient(folder.resolve("nbd-client"), folder.resolve("sys"), folder);
    attachments = soon(() -> Attachments.open(pool, attachFolder(), client));
  }

  private Path attachNew(String name) throws Exception {
    pool.createDevice(name, 8 * MIB);
    return soon(() -> attachments.attach(name, false, Via.NBD)).path();
  }

  private long disconnects() throws IOException {
    return Files.readAllLines(folder.resolve("calls")).stream()
        .filter(call -> call.equals("-d /dev/nbd0"))
        .count();
  }

  @Test
  void isReportedAndHoldsUpNobody() throws Exception {
    open();
    String report = "clean-up hangs, do: nbd-client -d /dev/nbd0 && rm " + record;
    assertEquals(List.of(report), soon(attachments::leftovers));
    assertEquals(Path.of("/dev/nbd1"), attachNew("other"));
    assertEquals(Path.of("/dev/nbd2"), attachNew("disk"));
    assertTrue(attachFolder().files().contains(record.resolveSibling("disk~2")));
    soon(() -> detached("other"));
    soon(() -> detached("disk"));
    assertEquals(List.of(record), attachFolder().files());
    soon(
        () -> {
          attachments.close();
          return null;
        });
    assertEquals(1, disconnects(), "more than one at a time");
  }

  private Void detached(String name) {
    attachments.detach(name);
    return null;
  }

  @Test
  void endsWhenThatComesBack() throws Exception {
    open();
    Files.delete(held);
    while (Files.exists(record)) {
      Thread.sleep(20);
    }
    assertEquals(List.of(), soon(attachments::leftovers));
  }

  /** The end of the clean-up would delete the next one's record. */
  @Test
  void keepsItsNameThoughTheRecordWasDeletedByHand() throws Exception {
    open();
    Files.delete(record);
    attachNew("disk");
    Path second = record.resolveSibling("disk~2");
    assertEquals(List.of(second), attachFolder().files());
    Files.delete(held);
    while (Files.exists(folder.resolve("sys/nbd0/pid"))) {
      Thread.sleep(20);
    }
    assertEquals(List.of(), soon(attachments::leftovers));
    assertEquals(List.of(second), attachFolder().files());
  }
}
