// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static io.veneer.driver.nbd.ServedPool.MIB;
import static io.veneer.driver.nbd.ServedPool.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs of libnbd, qemu and fio as clients. */
@Timeout(300)
class NbdIT {
  private static final int SIZE = 64 * MIB;

  @TempDir Path folder;
  private ServedPool served;

  @BeforeEach
  void serve() {
    served = new ServedPool(folder, PoolOptions.ofSize(2048L * MIB));
    served.pool.createDevice("disk", SIZE);
    served.serve();
  }

  @AfterEach
  void close() {
    served.close();
  }

  private String uri(String export) {
    String name = URLEncoder.encode(export, StandardCharsets.UTF_8).replace("+", "%20");
    return "nbd+unix:///" + name + "?socket=" + served.socket;
  }

  /** A sparse file with data at its beginning, middle and end. */
  private Path image() throws IOException {
    Path image = folder.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(SIZE);
      file.write(bytes(3 * MIB + 777, 1));
      file.seek(20 * MIB + 5);
      file.write(bytes(5 * MIB, 2));
      file.seek(SIZE - 100);
      file.write(bytes(100, 3));
    }
    return image;
  }

  @Test
  void nbdinfoShowsExports() throws Exception {
    Program.require("nbdinfo");
    served.pool.createDevice("what? #2", MIB);
    String all = Program.run("nbdinfo", "--list", "--json", uri(""));
    assertTrue(all.contains("\"what? #2\""), all);
    assertTrue(all.contains("veneer:changed-since:disk"), all);
    String one = Program.run("nbdinfo", uri("what? #2"));
    assertTrue(one.contains("export-size: 1048576"), one);
    assertTrue(one.contains("can_multi_conn: true"), one);
    assertTrue(one.contains("can_fast_zero: true"), one);
    assertTrue(one.contains("block_size_preferred: 65536"), one);
    assertThrows(IOException.class, () -> Program.run("nbdinfo", uri("none")));
  }

  @Test
  void nbdinfoMapsWhatChangedSinceASnapshot() throws Exception {
    Program.require("nbdinfo");
    try (RawClient client = served.client("disk")) {
      client.write(0, bytes(10 * MIB, 1), 0);
      served.pool.createSnapshot("monday", "disk");
      client.write(2 * MIB, bytes(MIB, 2), 0);
    }
    String map = Program.run("nbdinfo", "--map=veneer:changed-since:monday", uri("disk"));
    assertEquals(
        "0 2097152 0 2097152 1048576 1 3145728 63963136 0", map.trim().replaceAll("\\s+", " "));
    String allocation = Program.run("nbdinfo", "--map", uri("disk"));
    assertEquals(
        "0 10485760 0 data 10485760 56623104 3 hole,zero",
        allocation.trim().replaceAll("\\s+", " "));
  }

  @Test
  void nbdcopyCopiesBothWays() throws Exception {
    Program.require("nbdcopy");
    Path image = image();
    Path back = folder.resolve("back");
    Program.run("nbdcopy", "--connections=4", "--requests=32", "--flush", image, uri("disk"));
    Program.run("nbdcopy", uri("disk"), back);
    assertEquals(-1, Files.mismatch(image, back));
    assertTrue(served.pool.usage("disk").mappedBytes() < 10 * MIB);
    served.pool.createDevice("second", SIZE);
    Program.run("nbdcopy", "--synchronous", uri("disk"), uri("second"));
    Program.run("nbdcopy", uri("second"), back);
    assertEquals(-1, Files.mismatch(image, back));
  }

  @Test
  void qemuImgConvertsComparesAndMaps() throws Exception {
    Program.require("qemu-img");
    Path image = image();
    Path qcow2 = folder.resolve("copy.qcow2");
    Program.run("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", image, uri("disk"));
    Program.run("qemu-img", "compare", "-f", "raw", "-F", "raw", image, uri("disk"));
    Program.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", uri("disk"), qcow2);
    Program.run("qemu-img", "compare", "-f", "raw", "-F", "qcow2", uri("disk"), qcow2);
    String map = Program.run("qemu-img", "map", "-f", "raw", "--output=json", uri("disk"));
    int block = ServedPool.BLOCK;
    assertEquals(
        List.of(
            "0 " + (3 * MIB + block) + " data",
            (3 * MIB + block) + " " + (17 * MIB - block) + " zero",
            20 * MIB + " " + (5 * MIB + block) + " data",
            (25 * MIB + block) + " " + (39 * MIB - 2 * block) + " zero",
            (SIZE - block) + " " + block + " data"),
        extents(map));
    Program.run("qemu-img", "bench", "-f", "raw", "-c", "2000", "-d", "32", uri("disk"));
    Program.run("qemu-img", "bench", "-w", "-f", "raw", "-c", "500", uri("disk"));
    assertTrue(served.pool.usage("disk").mappedBytes() < SIZE);
  }

  /** Start, length and kind of each of the map's extents. */
  private static List<String> extents(String json) {
    return Arrays.stream(json.split("\\},"))
        .map(
            extent ->
                number(extent, "start")
                    + " "
                    + number(extent, "length")
                    + (extent.contains("\"zero\": true") ? " zero" : "")
                    + (extent.contains("\"data\": true") ? " data" : ""))
        .toList();
  }

  private static String number(String extent, String field) {
    return extent.replaceFirst("(?s).*\"" + field + "\": (\\d+),.*", "$1");
  }

  private void qemuIo(String... commands) throws Exception {
    List<Object> words = new ArrayList<>(List.of("qemu-io", "-f", "raw"));
    for (String command : commands) {
      words.addAll(List.of("-c", command));
    }
    words.add(uri("disk"));
    String printed = Program.run(words.toArray());
    assertTrue(!printed.contains("failed") && !printed.contains("error"), printed);
  }

  @Test
  void qemuIoWritesDiscardsAndZeroes() throws Exception {
    Program.require("qemu-io");
    qemuIo("write -P 0xab 4k 1100k", "read -P 0xab 4k 1100k", "read -P 0 0 4k");
    qemuIo("write -f -P 0xcd 64k 4k", "read -P 0xcd 64k 4k", "read -P 0xab 68k 60k");
    qemuIo("discard 128k 256k", "read -P 0 128k 256k", "read -P 0xab 384k 64k", "flush");
    qemuIo("write -z 512k 128k", "read -P 0 512k 128k", "write -z -u 640k 128k");
    qemuIo("write -z -u -n 768k 64k", "write -P 0x11 1 511", "read -P 0x11 1 511", "read -P 0 0 1");
    qemuIo("aio_write -P 0x22 2M 1M", "aio_write -P 0x33 3M 1M", "aio_flush");
    qemuIo("read -P 0x22 2M 1M", "read -P 0x33 3M 1M", "read -P 0 640k 128k");
  }

  private void fio(String name, String export, Object... more) throws Exception {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "fio",
                "--name=" + name,
                "--ioengine=nbd",
                "--uri=" + uri(export),
                "--size=" + SIZE,
                "--verify=crc32c",
                "--verify_fatal=1",
                "--verify_state_save=0"));
    words.addAll(List.of(more));
    Program.run(words.toArray());
  }

  @Test
  void fioVerifiesRandomWritesOverSnapshots() throws Exception {
    Program.require("fio");
    fio("base", "disk", "--rw=randwrite", "--bs=4k", "--iodepth=16", "--randseed=1");
    served.pool.createSnapshot("snap", "disk");
    served.pool.createSnapshot("other", "snap");
    List<CompletableFuture<Void>> jobs = new ArrayList<>();
    jobs.add(inBackground("a", "disk", "--rw=randwrite", "--bsrange=512-200k", "--iodepth=16"));
    jobs.add(inBackground("b", "other", "--rw=randwrite", "--bs=64k", "--iodepth=4", "--fsync=9"));
    for (int i = 0; i < 20; i++) {
      served.pool.createSnapshot("more" + i, "disk");
      if (i % 2 == 1) {
        served.pool.removeDevice("more" + i);
      }
      Thread.sleep(50);
    }
    for (CompletableFuture<Void> job : jobs) {
      job.get();
    }
    fio(
        "base",
        "snap",
        "--rw=randwrite",
        "--bs=4k",
        "--iodepth=16",
        "--randseed=1",
        "--verify_only");
  }

  private CompletableFuture<Void> inBackground(String name, String export, Object... more) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            fio(name, export, more);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void fioVerifiesWritesMixedWithTrims() throws Exception {
    Program.require("fio");
    fio("fill", "disk", "--rw=write", "--bs=1m");
    served.pool.createSnapshot("snap", "disk");
    fio(
        "trims",
        "disk",
        // Not --trim_percentage: fio 3.33 now and then fails an assertion of its own with it. One
        // request at a time: a trim and a write of one place in flight at once have no order.
        "--rw=trimwrite",
        "--bs=64k",
        "--iodepth=1");
    fio("fill", "snap", "--rw=write", "--bs=1m", "--verify_only");
  }

  /** Jobs of one fio that runs them at the same time, each in a range of its own. */
  @Test
  void fioVerifiesWritesWhileOthersTrimAndASnapshotStays() throws Exception {
    Program.require("fio");
    fio("fill", "disk", "--rw=write", "--bs=1m");
    served.pool.createSnapshot("snap", "disk");
    byte[] before = contents("snap");
    List<String> words = new ArrayList<>(List.of("fio", "--ioengine=nbd", "--uri=" + uri("disk")));
    words.addAll(List.of("--verify_fatal=1", "--verify_state_save=0"));
    String verified = " --verify=crc32c --iodepth=8";
    for (String job :
        List.of(
            "small --offset=0 --size=12m --rw=randwrite --bs=4k" + verified,
            "mixed --offset=12m --size=12m --rw=randwrite --bsrange=512-128k" + verified,
            "flushed --offset=24m --size=12m --rw=randwrite --bs=64k --fsync=8" + verified,
            // In order and one at a time: fio 3.33 leaves out the writes of randtrimwrite here.
            "replaced --offset=36m --size=12m --rw=trimwrite --bs=64k --verify=crc32c",
            "trimmed --offset=48m --size=16m --rw=randtrim --bs=64k --iodepth=4 --loops=20")) {
      words.addAll(List.of(("--name=" + job).split(" ")));
    }
    Program.run(words.toArray());
    byte[] trimmed = Arrays.copyOfRange(contents("disk"), 48 * MIB, SIZE);
    assertArrayEquals(new byte[16 * MIB], trimmed);
    assertEquals(48 * MIB, served.pool.usage("disk").mappedBytes());
    assertArrayEquals(before, contents("snap"));
  }

  private byte[] contents(String export) throws IOException {
    byte[] all = new byte[SIZE];
    try (RawClient client = served.client(export)) {
      for (int at = 0; at < SIZE; at += 16 * MIB) {
        System.arraycopy(client.read(at, 16 * MIB), 0, all, at, 16 * MIB);
      }
    }
    return all;
  }

  @Test
  void fioJobsShareOneExport() throws Exception {
    Program.require("fio");
    fio(
        "shared",
        "disk",
        "--rw=randwrite",
        "--bs=4k",
        "--iodepth=8",
        "--numjobs=4",
        "--size=8m",
        "--offset_increment=16m",
        "--fsync=50",
        "--group_reporting");
  }

  @Test
  void nbdfuseShowsAnExportAsAFile() throws Exception {
    Program.require("nbdfuse", "nbdcopy", "fusermount3");
    Program.skipUnless(Files.isWritable(Path.of("/dev/fuse")), "no /dev/fuse to be written");
    Path image = image();
    Program.run("nbdcopy", image, uri("disk"));
    Path file = Files.createFile(folder.resolve("file"));
    Process nbdfuse = new ProcessBuilder("nbdfuse", file.toString(), uri("disk")).start();
    try {
      long deadline = System.nanoTime() + 20_000_000_000L;
      while (Files.size(file) != SIZE && nbdfuse.isAlive() && System.nanoTime() < deadline) {
        Thread.sleep(20);
      }
      assertEquals(-1, Files.mismatch(image, file));
    } finally {
      Program.run("fusermount3", "-u", file);
      nbdfuse.waitFor();
    }
  }

  @Test
  void tlsClientsShowTheirCertificates() throws Exception {
    Program.require("nbdinfo");
    Path certificates = Files.createDirectory(folder.resolve("tls"));
    TestCertificates server = TestCertificates.make(certificates, "server");
    TestCertificates client = TestCertificates.make(certificates, "client");
    server.writeServerFolder(certificates, client);
    Path clientFolder = client.writeClientFolder(folder.resolve("client"), server);
    served.serve(
        new PoolExports(served.pool, null),
        NbdOptions.builder()
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .tls(TlsCertificates.load(certificates, true), true));
    int port = served.server().address().orElseThrow().getPort();
    String uri = "nbds://localhost:" + port + "/disk?tls-certificates=" + clientFolder;
    String info = Program.run("nbdinfo", uri);
    assertTrue(info.contains("export-size: " + SIZE), info);
    Path image = image();
    Path back = folder.resolve("back");
    Program.run("nbdcopy", image, uri);
    Program.run("nbdcopy", uri, back);
    assertEquals(-1, Files.mismatch(image, back));
    assertThrows(
        IOException.class, () -> Program.run("nbdinfo", "nbd://localhost:" + port + "/disk"));
  }
}
