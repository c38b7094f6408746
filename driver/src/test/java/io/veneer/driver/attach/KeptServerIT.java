// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.keep.Keeper;
import io.veneer.driver.nbd.Program;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Servers that are killed, or end, while programs use what they have attached and go on using it: a
 * fio that reads back with direct input what it wrote and never flushes, and files on ext4. None of
 * them may see anything but a pause.
 */
@Timeout(600)
class KeptServerIT {
  private static final int ROUNDS = 3;
  private static final int DEVICE_MIB = 64;
  private static final int PATIENCE_SECONDS = 60;
  private static final int SHORT_SECONDS = 1;
  private static final long RUN_MILLIS_MAX = 700;
  private static final int LINGER_MILLIS = 2500;
  private static final long GIVES_UP_MILLIS = 20_000;
  private static final int SELF_ROUNDS = 2;
  private static final int ANSWERED_ROUNDS = 3;
  private static final int ODD_ROUNDS = 2;
  private static final int PIECE_BYTES = 1 << 20;

  /** The field of the writes that were done, in the kernel's Documentation/block/stat. */
  private static final int WRITES = 4;

  private static final long SELF_MILLIS = 300;

  private static final int EARLY_ROUNDS = 6;
  private static final long EARLY_MILLIS_MAX = 20;

  /** Writes at random, and reads back what it wrote a moment ago. */
  private static final String[] VERIFIED = {
    "--iodepth=8",
    "--rw=randwrite",
    "--bsrange=4k-64k",
    "--verify=crc32c",
    "--verify_backlog=64",
    "--verify_fatal=1",
    "--verify_state_save=0"
  };

  @TempDir Path folder;
  private AttachServer server;
  private Process fio;
  private FileChannel held;

  @BeforeEach
  void require() {
    AttachedPool.requireKeeping();
    Program.require("fio", "mkfs.ext4", "e2fsck", "pkill");
  }

  @AfterEach
  void cleanUp() throws Exception {
    if (fio != null) {
      fio.destroyForcibly().waitFor();
    }
    if (held != null) {
      held.close();
    }
    AttachedPool.unmountAll(folder.toRealPath());
    if (server != null) {
      server.close();
    }
    boolean keeperLeft = Keeper.isThere(folder.resolve("run"));
    List<String> remains = AttachedPool.remains(folder.toRealPath());
    if (keeperLeft || !remains.isEmpty()) {
      AttachServer.start(folder, DEVICE_MIB, "other").close(); // takes back what a failure left
    }
    assertFalse(keeperLeft, "the keeper is still there");
    assertEquals(List.of(), remains);
  }

  private static Random seeded() {
    long seed = Long.getLong("veneer.seed", System.nanoTime());
    System.out.println("repeat with -Dveneer.seed=" + seed);
    return new Random(seed);
  }

  private AttachServer start(String... devices) throws IOException {
    return AttachServer.startKeeping(PATIENCE_SECONDS, folder, DEVICE_MIB, devices);
  }

  @Test
  void whoUsesWhatAKilledServerAttachedWaitsForTheNext() throws Exception {
    Random random = seeded();
    replaceServers(
        () -> {
          Thread.sleep(random.nextLong(RUN_MILLIS_MAX));
          server.kill();
        });
  }

  @Test
  void whoUsesWhatAServerThatEndedAttachedWaitsForTheNext() throws Exception {
    replaceServers(
        () -> {
          Thread.sleep(RUN_MILLIS_MAX);
          server.close();
        });
  }

  /** Its threads wait for requests of the kernel for as long as the process is there. */
  @Test
  void aServerThatIsSlowToEndTakesNothingFromTheNext() throws Exception {
    server =
        AttachServer.startLingering(LINGER_MILLIS, PATIENCE_SECONDS, folder, DEVICE_MIB, "raw");
    Path path = server.path(0);
    use(path, VERIFIED);
    Thread.sleep(RUN_MILLIS_MAX);
    try (AttachServer slow = server) {
      slow.leave();
      server = start("raw");
      assertEquals(List.of(path), List.of(server.path(0)));
    }
    Thread.sleep(RUN_MILLIS_MAX);
    fio.destroy();
    assertTrue(
        fio.waitFor(GIVES_UP_MILLIS, TimeUnit.MILLISECONDS), "it waits for an answer: " + log());
    endUse();
  }

  private interface End {
    void run() throws Exception;
  }

  private void replaceServers(End end) throws Exception {
    server = start("files", "raw");
    Program.run("mkfs.ext4", "-q", server.path(0));
    Path point = Files.createDirectories(folder.toRealPath().resolve("mnt"));
    Program.run("mount", server.path(0), point);
    List<Path> paths = List.of(server.path(0), server.path(1));
    use(server.path(1), VERIFIED);
    UnforcedFiles writer = new UnforcedFiles(point);
    writer.start();
    for (int round = 1; round <= ROUNDS; round++) {
      end.run();
      int written = writer.written();
      server = start("files", "raw");
      assertEquals(paths, List.of(server.path(0), server.path(1)), this::log);
      writer.awaitMoreThan(written);
      assertTrue(fio.isAlive(), () -> "fio ended: " + log());
    }
    writer.end();
    endUse();
    Program.run("umount", point);
    Program.run("e2fsck", "-fn", server.path(0));
    Program.run("mount", server.path(0), point);
    writer.check();
    Program.run("umount", point);
  }

  /** Answered is all that the writes are: the pool has not committed where they are. */
  @Test
  void whatWasAnsweredAndNotFlushedIsThereAfterAKill() throws Exception {
    Path piece = Files.write(folder.resolve("piece"), AttachedPool.bytes(PIECE_BYTES, 1));
    Path read = folder.resolve("read");
    server = start("raw");
    for (int round = 0; round < ANSWERED_ROUNDS; round++) {
      String raw = server.path(0).toString();
      String bytes = "bs=" + PIECE_BYTES;
      Program.run(
          "dd", "if=" + piece, "of=" + raw, bytes, "seek=" + round, "oflag=direct", "conv=notrunc");
      server.kill();
      server = start("raw");
      Program.run(
          "dd", "if=" + raw, "of=" + read, bytes, "count=1", "skip=" + round, "iflag=direct");
      assertEquals(-1, Files.mismatch(piece, read), "round " + round);
    }
  }

  /**
   * A killed process can take no page any more, and the kernel fails the request that it was just
   * handing over if that wants one.
   */
  @Test
  void nothingFailsForTheMemoryOfAKilledServer() throws Exception {
    Random random = seeded();
    server = start("raw");
    use(server.path(0), "--rw=randrw", "--bs=1m", "--iodepth=32");
    for (int round = 1; round <= EARLY_ROUNDS; round++) {
      Thread.sleep(random.nextLong(EARLY_MILLIS_MAX));
      server.kill();
      server = start("raw");
      assertTrue(fio.isAlive(), () -> "fio ended: " + log());
    }
    endUse();
  }

  private void use(Path blockDevice, String... options) throws Exception {
    fio = endlessFio(blockDevice, options);
    awaitUse(blockDevice);
    // fio lets go of it from one pass to the next, and what nobody uses is detached.
    held = FileChannel.open(blockDevice);
  }

  private void endUse() throws InterruptedException {
    fio.destroy();
    fio.waitFor();
    assertFalse(log().contains("verify:") || log().contains("error"), this::log);
  }

  /** Until somebody writes to it: before that it would be detached when its server ends. */
  private void awaitUse(Path blockDevice) throws Exception {
    Path counts = Path.of("/sys/class/block").resolve(blockDevice.getFileName()).resolve("stat");
    while (Files.readString(counts).strip().split(" +")[WRITES].equals("0")) {
      assertTrue(fio.isAlive(), () -> "fio ended: " + log());
      Thread.sleep(1);
    }
  }

  /** Its own thread waits for what it serves, so that its process cannot end, nor free the pool. */
  @ParameterizedTest
  @ValueSource(strings = {"self", "synced"})
  void aServerThatWaitsForItselfIsTakenOverFrom(String device) throws Exception {
    Path lock = folder.resolve("pool").resolve("lock");
    int stuck = 0;
    for (int round = 0; round < SELF_ROUNDS; round++) {
      server = start(device);
      Thread.sleep(SELF_MILLIS);
      if (!server.killWithin(1)) {
        stuck++;
        Object locked = fileKey(lock);
        KilledServer.free(lock, folder.resolve("run"));
        assertNotEquals(locked, fileKey(lock), "all was aborted");
      }
    }
    System.out.println("stuck " + stuck + " of " + SELF_ROUNDS);
    server = AttachServer.start(folder, DEVICE_MIB, "other");
  }

  private static Object fileKey(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  /** It has taken over when it finds what it cannot make sense of. */
  @Test
  void aServerThatDoesNotGetGoingDoesNoHarm() throws Exception {
    server = start("raw");
    use(server.path(0), VERIFIED);
    Path odd = folder.resolve("run").resolve("attach").resolve("odd");
    for (int round = 0; round < ODD_ROUNDS; round++) {
      server.kill();
      Files.writeString(odd, "\0 1 2"); // no path
      assertThrows(IOException.class, () -> start("raw"));
      Files.delete(odd);
      server = start("raw");
      Thread.sleep(RUN_MILLIS_MAX);
      assertTrue(fio.isAlive(), () -> "fio ended: " + log());
    }
    endUse();
  }

  @Test
  void theKeeperGivesUpWhenNoServerComes() throws Exception {
    server = AttachServer.startKeeping(SHORT_SECONDS, folder, DEVICE_MIB, "files");
    Program.run("mkfs.ext4", "-q", server.path(0));
    Path point = Files.createDirectories(folder.toRealPath().resolve("mnt"));
    Program.run("mount", server.path(0), point);
    server.kill();
    long deadline = System.currentTimeMillis() + GIVES_UP_MILLIS;
    while (Keeper.isThere(folder.resolve("run"))) {
      assertTrue(System.currentTimeMillis() < deadline, "the keeper waits on");
      Thread.sleep(SHORT_SECONDS * 100);
    }
    assertThrows(IOException.class, () -> Files.writeString(point.resolve("file"), "lost"));
    Program.run("umount", point);
    server = start("files");
  }

  @Test
  void aKilledKeeperIsReplacedWhileThereIsAServer() throws Exception {
    server = start("files");
    Program.run("mkfs.ext4", "-q", server.path(0));
    Path point = Files.createDirectories(folder.toRealPath().resolve("mnt"));
    Program.run("mount", server.path(0), point);
    Path socket = folder.resolve("run").resolve("keeper.sock");
    Program.run("pkill", "-KILL", "-f", "KeeperProcess " + socket);
    while (!log().contains("another process keeps")) {
      Thread.sleep(10);
    }
    Files.writeString(point.resolve("file"), "not forced");
    server.kill();
    Path path = server.path(0);
    server = start("files");
    assertEquals(path, server.path(0), this::log);
    assertEquals("not forced", Files.readString(point.resolve("file")));
    Program.run("umount", point);
    Program.run("e2fsck", "-fn", server.path(0));
  }

  /** The kernel would have been told a moment later. */
  @Test
  void aSizeThatTheKernelWasNotToldOfIsTakenOver() throws Exception {
    server = start("files");
    Path sectors = Path.of("/sys/class/block", server.path(0).getFileName().toString(), "size");
    assertEquals(DEVICE_MIB * 2048L, Long.parseLong(Files.readString(sectors).strip()));
    server.kill();
    try (ThinPool pool = ThinPool.open(folder.resolve("pool"))) {
      pool.resizeDevice("files", 2L * DEVICE_MIB << 20);
    }
    server = start("files");
    assertEquals(DEVICE_MIB * 4096L, Long.parseLong(Files.readString(sectors).strip()));
  }

  @Test
  void aServerThatKeepsNothingServesOnAndEndsTheKeeper() throws Exception {
    server = start("files");
    Program.run("mkfs.ext4", "-q", server.path(0));
    Path point = Files.createDirectories(folder.toRealPath().resolve("mnt"));
    Program.run("mount", server.path(0), point);
    Files.writeString(point.resolve("file"), "not forced");
    server.kill();
    server = AttachServer.start(folder, DEVICE_MIB, "files");
    assertFalse(Keeper.isThere(folder.resolve("run")));
    assertEquals("not forced", Files.readString(point.resolve("file")));
    Program.run("umount", point);
    Program.run("mount", server.path(0), point);
    assertEquals("not forced", Files.readString(point.resolve("file")));
    Program.run("umount", point);
  }

  private Process endlessFio(Path device, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            "fio",
            "--name=kept",
            "--filename=" + device,
            "--direct=1",
            "--ioengine=libaio",
            "--size=" + DEVICE_MIB + "m",
            "--time_based=1",
            "--runtime=500"));
    command.addAll(List.of(options));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("fio.log").toFile())
        .start();
  }

  private String log() {
    try {
      Path fioLog = folder.resolve("fio.log");
      return (fio == null ? "" : Files.readString(fioLog))
          + Files.readString(folder.resolve("server.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
