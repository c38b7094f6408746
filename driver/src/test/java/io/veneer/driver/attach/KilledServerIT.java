// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static io.veneer.driver.attach.AttachedPool.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.nbd.Program;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that is killed in the middle of two workloads, again and again: files on ext4, each
 * forced and then noted, and a verified fio on a raw device. After each restart the file system is
 * sound, every noted file is whole, and what fio had written and flushed before is there.
 */
@Timeout(900)
class KilledServerIT {
  private static final int ROUNDS = 20;
  private static final int DEVICE_MIB = 64;
  private static final int DIRTY_MIB = 256;
  private static final long SYNC_MILLIS = 30;
  private static final long KILL_SECONDS = 20;
  private static final int SELF_ROUNDS = 4;
  private static final long SELF_MILLIS = 300;
  private static final int FILES_MAX = 40;

  @TempDir Path folder;
  private AttachServer server;
  private Process fio;

  @BeforeEach
  void require() {
    AttachedPool.requireKernel();
    Program.require("fio", "mkfs.ext4", "e2fsck");
  }

  @AfterEach
  void cleanUp() throws Exception {
    if (fio != null) {
      fio.destroyForcibly().waitFor();
    }
    AttachedPool.unmountAll(folder.toRealPath());
    if (server != null) {
      server.close();
    }
    assertEquals(List.of(), AttachedPool.remains(folder.toRealPath()));
  }

  @Test
  void whatWasFlushedIsThereAfterEveryKill() throws Exception {
    long seed = Long.getLong("veneer.seed", System.nanoTime());
    System.out.println("repeat with -Dveneer.seed=" + seed);
    Random random = new Random(seed);
    server = AttachServer.start(folder, DEVICE_MIB, "files", "raw");
    Program.run("mkfs.ext4", "-q", server.path(0));
    for (int round = 1; round <= ROUNDS; round++) {
      fio(server.path(1), round, "--end_fsync=1");
      int noted = writeUntilKilled(round, 1 + random.nextInt(FILES_MAX));
      server = AttachServer.start(folder, DEVICE_MIB, "files", "raw");
      AttachedPool.recoverExt4(server.path(0));
      checkFiles(round, noted);
      fio(server.path(1), round, "--verify_only");
    }
  }

  /**
   * The host's {@code sync} keeps a loop device to itself while it waits for us, and a process that
   * ends waits for the loop devices it has open: so what we answer on must be closed before those.
   */
  @Test
  void aKillWhileTheHostWritesEverythingBackEndsTheServer() throws Exception {
    server = AttachServer.start(folder, DIRTY_MIB, "dirty");
    String dirty = "of=" + server.path(0);
    Program.run("dd", "if=/dev/zero", dirty, "bs=1M", "count=" + DIRTY_MIB, "conv=notrunc");
    Process sync = new ProcessBuilder("sync").start();
    try {
      Thread.sleep(SYNC_MILLIS);
      boolean under = sync.isAlive();
      assertTrue(server.killWithin(KILL_SECONDS), "the killed server does not end");
      System.out.println(under ? "killed during the sync" : "the sync was quicker");
    } finally {
      abortAll();
      sync.waitFor();
    }
  }

  /** One of its own threads writes to what it serves, and so cannot be ended before its answer. */
  @Test
  void aServerThatWaitsForItselfIsFreedByWhoWantsThePool() throws Exception {
    Path lock = folder.resolve("pool").resolve("lock");
    int freed = 0;
    for (int round = 0; round < SELF_ROUNDS; round++) {
      server = AttachServer.start(folder, DEVICE_MIB, "self");
      Thread.sleep(SELF_MILLIS);
      assertFalse(KilledServer.free(lock, folder.resolve("run")), "it is not killed yet");
      try {
        if (!server.killWithin(1)) {
          freed++;
          assertTrue(KilledServer.free(lock, folder.resolve("run")), "not seen to be killed");
          assertTrue(server.killWithin(KILL_SECONDS), "the killed server does not end");
        }
      } finally {
        abortAll();
      }
    }
    System.out.println("freed " + freed + " of " + SELF_ROUNDS);
    server = AttachServer.start(folder, DEVICE_MIB, "other");
  }

  /** Frees whoever waits for the file of a dead server. */
  private void abortAll() throws Exception {
    for (String point : KernelMounts.read().pointsBelow(folder.toRealPath())) {
      new ProcessBuilder("umount", "-f", point).start().waitFor();
    }
  }

  /** Writes, or verifies, the first half of a device with what belongs to a round. */
  private static void fio(Path device, int round, String what) throws Exception {
    Program.run(
        "fio",
        "--name=flushed",
        "--filename=" + device,
        "--direct=1",
        "--ioengine=libaio",
        "--iodepth=8",
        "--rw=randwrite",
        "--bsrange=4k-64k",
        "--size=" + DEVICE_MIB / 2 + "m",
        "--randseed=" + round,
        "--verify=crc32c",
        "--verify_fatal=1",
        "--verify_state_save=0",
        "--do_verify=" + (what.equals("--verify_only") ? 1 : 0),
        what);
  }

  /** A verified fio that goes on until its device fails; in the second half. */
  private Process endlessFio() throws IOException {
    return new ProcessBuilder(
            "fio",
            "--name=killed",
            "--filename=" + server.path(1),
            "--direct=1",
            "--ioengine=libaio",
            "--iodepth=8",
            "--rw=randwrite",
            "--bs=4k",
            "--offset=" + DEVICE_MIB / 2 + "m",
            "--size=" + DEVICE_MIB / 2 + "m",
            "--fsync=16",
            "--verify=crc32c",
            "--verify_backlog=64",
            "--verify_fatal=1",
            "--verify_state_save=0",
            "--time_based=1",
            "--runtime=300")
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("fio.log").toFile())
        .start();
  }

  private int writeUntilKilled(int round, int killAfter) throws Exception {
    Path point = Files.createDirectories(folder.toRealPath().resolve("mnt"));
    Program.run("mount", server.path(0), point);
    Path top = Files.createDirectories(point.resolve("round" + round));
    fio = endlessFio();
    AtomicInteger noted = new AtomicInteger();
    Thread writer = new Thread(() -> writeFiles(top, round, noted));
    writer.start();
    while (noted.get() < killAfter && writer.isAlive()) {
      Thread.onSpinWait();
    }
    assertTrue(fio.isAlive(), () -> "fio ended: " + log());
    server.kill();
    writer.join();
    fio.waitFor();
    assertTrue(!log().contains("verify"), this::log);
    Program.run("umount", point);
    return noted.get();
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("fio.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Ends when the device is gone. */
  private static void writeFiles(Path top, int round, AtomicInteger noted) {
    try {
      for (int i = 0; ; i++) {
        Path file = top.resolve("file" + i);
        try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.wrap(content(round, i)));
          channel.force(true);
        }
        noted.incrementAndGet();
      }
    } catch (IOException e) {
      return;
    }
  }

  private static byte[] content(int round, int file) {
    return bytes(1000 + 3000 * (file % 7), 1000 * round + file);
  }

  private void checkFiles(int round, int noted) throws Exception {
    Path point = folder.toRealPath().resolve("mnt");
    Program.run("mount", server.path(0), point);
    for (int i = 0; i < noted; i++) {
      Path file = point.resolve("round" + round).resolve("file" + i);
      assertArrayEquals(content(round, i), Files.readAllBytes(file), file.toString());
    }
    Program.run("umount", point);
  }
}
