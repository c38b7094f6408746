// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.nio.file.ExtendedOpenOption;
import io.veneer.driver.nbd.Program;
import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The flat file of a device, as the kernel and other programs see it. */
@Timeout(300)
class FuseFileIT {
  private static final int MIB = 1 << 20;
  private static final int SIZE = 64 * MIB;

  @TempDir Path folder;
  private ThinPool pool;
  private Path path;
  private FuseFile file;

  @BeforeEach
  void require() {
    Program.skipUnless("root".equals(System.getProperty("user.name")), "mounting needs root");
    Program.skipUnless(Files.exists(Path.of("/dev/fuse")), "no /dev/fuse");
  }

  private void open(PoolOptions options, FuseOptions fuse) throws IOException {
    ThinPool.create(folder.resolve("pool"), options);
    pool = ThinPool.open(folder.resolve("pool"));
    pool.createDevice("disk", SIZE);
    mount(fuse);
  }

  private void open() throws IOException {
    open(PoolOptions.ofSize(1024L * MIB), FuseOptions.of(false));
  }

  private void mount(FuseOptions fuse) throws IOException {
    path = folder.toRealPath().resolve("file");
    if (file == null) {
      Files.createFile(path);
    }
    file = FuseFile.mount(pool.openDevice("disk"), path, fuse);
  }

  @AfterEach
  void close() throws Exception {
    if (file != null) {
      file.close();
    }
    if (pool != null) {
      pool.close();
      String mounts = Files.readString(Path.of("/proc/self/mountinfo"));
      assertFalse(mounts.contains(folder.toString()), mounts);
    }
  }

  private static byte[] bytes(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static void write(Path path, long offset, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest, offset + rest.position());
      }
      channel.force(true);
    }
  }

  private static byte[] read(Path path, long offset, int length) throws IOException {
    ByteBuffer found = ByteBuffer.allocate(length);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      while (found.hasRemaining() && channel.read(found, offset + found.position()) >= 0) {
        continue;
      }
    }
    return found.array();
  }

  @Test
  void requestsOfAllSizesArrive() throws Exception {
    open();
    byte[] large = bytes(5 * MIB + 123, 1);
    write(path, 777, large);
    write(path, 9, bytes(1, 2));
    assertArrayEquals(large, read(path, 777, large.length));
    assertArrayEquals(bytes(1, 2), read(path, 9, 1));
    assertEquals(SIZE, Files.size(path));
    mountAgain(FuseOptions.of(false));
    assertArrayEquals(large, read(path, 777, large.length));
  }

  /** Memory that begins with a page; else a request has a page more than the kernel sends. */
  private static ByteBuffer pages(int bytes) {
    return ByteBuffer.allocateDirect(bytes + 4096).alignedSlice(4096).limit(bytes);
  }

  @Test
  void aMebibyteArrivesAsOneRequest() throws Exception {
    GatedDevice device = new GatedDevice(4 * MIB);
    path = Files.createFile(folder.toRealPath().resolve("file"));
    file = FuseFile.mount(device, path, FuseOptions.of(false));
    try (FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT)) {
      assertEquals(MIB, channel.write(pages(MIB).put(bytes(MIB, 11)).flip(), MIB));
      assertEquals(List.of(MIB), List.copyOf(device.writes));
      assertEquals(MIB, channel.read(pages(MIB), MIB));
      assertEquals(List.of(MIB), List.copyOf(device.reads));
      channel.write(pages(2 * MIB), 0);
      assertEquals(List.of(MIB, MIB, MIB), List.copyOf(device.writes));
    }
    assertArrayEquals(new byte[MIB], java.util.Arrays.copyOfRange(device.bytes, MIB, 2 * MIB));
  }

  /** The kernel asks for no flush after a direct write, of a file opened so; the write says it. */
  @Test
  void aSynchronousWriteIsDurableWhenItIsAnswered() throws Exception {
    GatedDevice device = new GatedDevice(4 * MIB);
    path = Files.createFile(folder.toRealPath().resolve("file"));
    file = FuseFile.mount(device, path, FuseOptions.of(false));
    for (StandardOpenOption each :
        List.of(StandardOpenOption.SYNC, StandardOpenOption.DSYNC, StandardOpenOption.WRITE)) {
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE, each)) {
        int before = device.flushes.get();
        channel.write(ByteBuffer.wrap(bytes(4096, 12)), 0);
        int wanted = each == StandardOpenOption.WRITE ? 0 : 1;
        assertEquals(wanted, device.flushes.get() - before, each::toString);
      }
    }
  }

  @Test
  void whatIsReadIsNotKeptInThePageCache() throws Exception {
    GatedDevice device = new GatedDevice(4 * MIB);
    path = Files.createFile(folder.toRealPath().resolve("file"));
    file = FuseFile.mount(device, path, FuseOptions.of(false));
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      assertEquals(MIB, channel.read(pages(MIB), MIB));
      assertEquals(MIB, channel.read(pages(MIB), MIB));
    }
    assertEquals(List.of(MIB, MIB), List.copyOf(device.reads));
  }

  private void mountAgain(FuseOptions options) throws IOException {
    file.unmount();
    mount(options);
  }

  @Test
  void programsCopyItSparsely() throws Exception {
    open();
    write(path, 10 * MIB, bytes(MIB, 3));
    Path copy = folder.resolve("copy");
    Program.run("cp", "--sparse=auto", path, copy);
    assertEquals(-1, Files.mismatch(path, copy));
    Program.require("qemu-img");
    String map = Program.run("qemu-img", "map", "-f", "raw", "--output=json", path);
    assertTrue(map.contains("\"start\": 10485760, \"length\": 1048576"), map);
  }

  @Test
  void itCannotBeCutOrEmptied() throws Exception {
    open();
    byte[] content = bytes(MIB, 4);
    write(path, 0, content);
    assertThrows(IOException.class, () -> Program.run("truncate", "-s", "1M", path));
    Program.run("dd", "if=/dev/zero", "of=" + path, "bs=4k", "count=1", "seek=256");
    assertEquals(SIZE, Files.size(path));
    assertArrayEquals(content, read(path, 0, MIB));
    Program.run("truncate", "-s", Integer.toString(SIZE), path);
    assertThrows(IOException.class, () -> Program.run("chmod", "777", path));
  }

  @Test
  void holesArePunchedAndZeroed() throws Exception {
    Program.require("fallocate");
    open();
    write(path, 0, bytes(4 * MIB, 5));
    Program.run("fallocate", "--punch-hole", "-o", MIB, "-l", MIB, path);
    Program.run("fallocate", "--zero-range", "-o", 2 * MIB, "-l", MIB, path);
    byte[] expected = bytes(4 * MIB, 5);
    java.util.Arrays.fill(expected, MIB, 3 * MIB, (byte) 0);
    assertArrayEquals(expected, read(path, 0, 4 * MIB));
    assertThrows(IOException.class, () -> Program.run("fallocate", "-o", SIZE, "-l", MIB, path));
  }

  @Test
  void fioVerifiesManyRequestsAtOnce() throws Exception {
    Program.require("fio");
    open();
    fio("--ioengine=libaio", "--iodepth=16", "--bsrange=512-1m", "--rw=randwrite");
    fio("--ioengine=psync", "--numjobs=8", "--size=8m", "--offset_increment=8m", "--rw=randrw");
  }

  private void fio(String... how) throws Exception {
    List<Object> words =
        new java.util.ArrayList<>(
            List.of(
                "fio",
                "--name=verified",
                "--filename=" + path,
                "--direct=1",
                "--size=" + SIZE,
                "--verify=crc32c",
                "--verify_fatal=1",
                "--verify_state_save=0",
                "--fsync=32"));
    words.addAll(List.of(how));
    Program.run(words.toArray());
  }

  @Test
  void readOnlyTakesNoWrites() throws Exception {
    open();
    write(path, 0, bytes(512, 6));
    mountAgain(FuseOptions.of(true));
    assertThrows(IOException.class, () -> write(path, 0, bytes(512, 7)));
    assertArrayEquals(bytes(512, 6), read(path, 0, 512));
  }

  @Test
  void aFullPoolFailsTheWriterAndNobodyElse() throws Exception {
    open(PoolOptions.ofSize(16L * MIB), FuseOptions.of(false));
    IOException full = assertThrows(IOException.class, () -> write(path, 0, bytes(32 * MIB, 8)));
    assertEquals("No space left on device", full.getMessage());
    byte[] first = read(path, 0, MIB);
    pool.growData(64L * MIB);
    write(path, 0, bytes(32 * MIB, 9));
    assertEquals(MIB, first.length);
    assertArrayEquals(bytes(32 * MIB, 9), read(path, 0, 32 * MIB));
  }

  @Test
  void readsGoOnWhileWritesWaitForSpace() throws Exception {
    open(
        PoolOptions.ofSize(16L * MIB).withNoSpace(NoSpacePolicy.QUEUE, 60_000),
        FuseOptions.of(false).withWaitingWrites(() -> true));
    CompletableFuture<?>[] writers = new CompletableFuture<?>[8];
    for (int i = 0; i < writers.length; i++) {
      long offset = i * 4L * MIB;
      byte[] content = bytes(4 * MIB, 10 + i);
      writers[i] =
          CompletableFuture.runAsync(
              () -> {
                try {
                  write(path, offset, content);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
    }
    while (pool.status().usedDataBytes() < 15L * MIB) {
      Thread.onSpinWait();
    }
    for (int i = 0; i < 100; i++) {
      read(path, i * 4096L, 4096);
    }
    pool.growData(64L * MIB);
    CompletableFuture.allOf(writers).join();
    for (int i = 0; i < writers.length; i++) {
      assertArrayEquals(bytes(4 * MIB, 10 + i), read(path, i * 4L * MIB, 4 * MIB));
    }
  }

  @Test
  void unmountingWaitsForNobodyAndClosingBreaksOff() throws Exception {
    open();
    FileChannel open = FileChannel.open(path, StandardOpenOption.READ);
    try {
      FuseException busy = assertThrows(FuseException.class, file::unmount);
      assertTrue(busy.isBusy(), busy.getMessage());
      assertEquals(512, open.read(ByteBuffer.allocate(512), 0));
      file.close();
      assertFalse(file.isAlive());
      assertThrows(IOException.class, () -> open.read(ByteBuffer.allocate(512), 0));
    } finally {
      open.close();
    }
    assertEquals(0, Files.size(path));
    assertEquals(0, pool.device("disk").open());
  }

  @Test
  void saysWhyItCannotBeMounted() throws Exception {
    open();
    Path none = folder.resolve("none");
    FuseException refused =
        assertThrows(
            FuseException.class,
            () -> FuseFile.mount(pool.openDevice("disk"), none, FuseOptions.of(false)));
    assertTrue(refused.getMessage().startsWith("a FUSE file cannot be mounted: path=" + none));
    assertEquals(1, pool.device("disk").open());
  }
}
