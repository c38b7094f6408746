// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes into a device comes out of it: read, write, import and export. */
class TransferTest extends BothWays {
  private static final long MIB = 1L << 20;

  @TempDir private Path folder;
  private PoolFolder pool;

  @BeforeEach
  void givenAPool() {
    pool = reached(PoolFolder.in(folder));
  }

  @Test
  void readsWhatWasWrittenAnywhere() {
    pool.device("create", "a", "--size", "16M").succeeded();
    byte[] expected = new byte[(int) (16 * MIB)];
    for (int[] piece : new int[][] {{0, 1}, {4095, 2}, {65535, 70000}, {3 << 20, 2500000}}) {
      byte[] bytes = pattern(piece[1]);
      System.arraycopy(bytes, 0, expected, piece[0], piece[1]);
      pool.device(bytes, "write", "a", "--offset", Integer.toString(piece[0])).succeeded();
    }
    assertArrayEquals(expected, pool.device("read", "a").outBytes());
    assertArrayEquals(
        Arrays.copyOfRange(expected, 65000, 65000 + 77777),
        pool.device("read", "a", "--offset", "65000", "--length", "77777").outBytes());
    assertEquals(0, pool.device("read", "a", "--offset", "16M").outBytes().length);
  }

  @Test
  void refusesRangesOutsideTheDeviceBeforeAByteIsMoved() {
    pool.device("create", "a", "--size", "2M").succeeded();
    String read = pool.device("read", "a", "--offset", "1M", "--length", "2M").failedWith(1);
    assertEquals(
        "the range is outside the device a: offset=1048576 length=2097152 size=2097152;"
            + " stay inside, or make it larger with 'veneer device resize'",
        read);
    pool.device("read", "a", "--offset", "8000P").failedWith(1);
    pool.device("read", "a", "--offset", "1", "--length", "9223372036854775807").failedWith(1);
    pool.device(pattern(10), "write", "a", "--offset", "3M").failedWith(1);
    String write = pool.device(pattern(10), "write", "a", "--offset", "2097150").failedWith(1);
    assertTrue(write.startsWith("the input does not fit on the device a: size=2097152"), write);
    assertArrayEquals(new byte[(int) (2 * MIB)], pool.device("read", "a").outBytes());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 511, 512, 1 << 20, (1 << 20) + 1, 5_000_001, 8 << 20})
  void anImageOfAnySizeComesBackByteForByte(int length) throws IOException {
    byte[] image = pattern(length);
    Path file = Files.write(folder.resolve("in.raw"), image);
    pool.device("import", "file", file.toString()).succeeded();
    pool.device(image, "import", "stream").succeeded();
    pool.device("snapshot", "stream", "snapshot").succeeded();
    for (String name : List.of("file", "stream", "snapshot")) {
      Path back = folder.resolve(name + ".raw");
      pool.device("export", name, back.toString()).succeeded();
      assertArrayEquals(image, Files.readAllBytes(back), name);
      assertArrayEquals(image, pool.device("export", name).outBytes(), name);
    }
    assertArrayEquals(image, Files.readAllBytes(file));
    assertEquals(List.of("file", "snapshot", "stream"), pool.names());
  }

  @Test
  void bothSidesOfASnapshotComeBackAfterAWrite() throws IOException {
    byte[] image = pattern(6 * MIB);
    pool.device(image, "import", "base").succeeded();
    pool.device("snapshot", "base", "web").succeeded();
    byte[] changed = image.clone();
    System.arraycopy("hello".getBytes("US-ASCII"), 0, changed, 3_000_000, 5);
    pool.device("hello".getBytes("US-ASCII"), "write", "web", "--offset", "3000000").succeeded();
    assertArrayEquals(image, pool.device("export", "base").outBytes());
    assertArrayEquals(changed, pool.device("export", "web").outBytes());
  }

  @Test
  void whatWasWrittenBehindAShortImageIsExportedToo() {
    pool.device(pattern(1000), "import", "a").succeeded();
    pool.device(new byte[] {7}, "write", "a", "--offset", "2000").succeeded();
    byte[] back = pool.device("export", "a").outBytes();
    assertEquals(MIB, back.length);
    assertEquals(7, back[2000]);
  }

  @Test
  void aLargeSparseImageTakesNoMoreThanItsData() throws IOException {
    Path file = folder.resolve("sparse.raw");
    byte[] piece = pattern(3000);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap(piece), 70L << 30);
      out.write(ByteBuffer.wrap(new byte[1]), (1L << 40) - 1);
    }
    pool.device("import", "a", file.toString()).succeeded();
    assertEquals(1L << 40, pool.info("a").get("sizeBytes").getAsLong());
    assertEquals(65536, pool.info("a").get("mappedBytes").getAsLong());
    Path back = folder.resolve("back.raw");
    pool.device("export", "a", back.toString()).succeeded();
    assertEquals(1L << 40, Files.size(back));
    try (FileChannel in = FileChannel.open(back)) {
      ByteBuffer read = ByteBuffer.allocate(piece.length);
      in.read(read, 70L << 30);
      assertArrayEquals(piece, read.array());
    }
    assertTrue(heldBytes(back) <= 64 << 10, () -> "held=" + heldBytes(back));
  }

  @Test
  void anExportReplacesAllOfAnOlderFile() throws IOException {
    Path back = Files.write(folder.resolve("back.raw"), pattern(3 * MIB));
    pool.device("create", "a", "--size", "2M").succeeded();
    assertEquals(
        "exported a to " + back + ": 2 MiB\n",
        pool.device("export", "a", back.toString()).succeeded());
    assertArrayEquals(new byte[(int) (2 * MIB)], Files.readAllBytes(back));
  }

  @Test
  void anExportDoesNotOverwriteThePool() {
    pool.device("create", "a", "--size", "2M").succeeded();
    Path data = pool.path().resolve("data");
    String message = pool.device("export", "a", data.toString()).failedWith(1);
    assertEquals(data + " is in the pool's folder; name a file outside of it", message);
    assertEquals(List.of("a"), pool.names());
  }

  @Test
  void anImportCanMakeALargerDevice() {
    byte[] image = pattern(MIB);
    String line = pool.device(image, "import", "a", "--size", "3M").succeeded();
    assertEquals("imported a: 3 MiB, mapped 1 MiB\n", line);
    assertArrayEquals(Arrays.copyOf(image, (int) (3 * MIB)), pool.device("export", "a").outBytes());
  }

  @Test
  void anImageThatDoesNotFitLeavesNoDevice() throws IOException {
    Path file = Files.write(folder.resolve("in.raw"), pattern(3 * MIB));
    String known = pool.device("import", "a", file.toString(), "--size", "2M").failedWith(1);
    String unknown = pool.device(pattern(3 * MIB), "import", "a", "--size", "2M").failedWith(1);
    for (String message : List.of(known, unknown)) {
      assertTrue(message.startsWith("the image is larger than --size: needed=3145728"), message);
    }
    assertEquals(List.of(), pool.names());
  }

  @Test
  void anImportDoesNotTouchADeviceThatIsThere() {
    pool.device(pattern(MIB), "import", "a").succeeded();
    pool.device(pattern(2 * MIB), "import", "a").failedWith(1);
    assertArrayEquals(pattern(MIB), pool.device("export", "a").outBytes());
  }

  @Test
  void anImportFollowsOneThatWasKilled() {
    pool.device("create", "a.importing", "--size", "1G").succeeded();
    pool.device("set", "a.importing", "--attribute", "veneer.importing=a").succeeded();
    pool.device(pattern(100), "write", "a.importing", "--offset", "512M").succeeded();
    pool.device(pattern(MIB), "import", "a").succeeded();
    assertEquals(List.of("a"), pool.names());
    assertArrayEquals(pattern(MIB), pool.device("export", "a").outBytes());
    assertEquals(0, pool.info("a").getAsJsonObject("attributes").size());
  }

  @Test
  void anImportLeavesADeviceOfTheUsersAlone() {
    pool.device(pattern(MIB), "import", "keep").succeeded();
    pool.device("rename", "keep", "a.importing").succeeded();
    assertEquals(
        "a device a.importing is there that no import of a has left behind; remove or rename it,"
            + " as the import needs the name: veneer device rename "
            + pool
            + " a.importing NAME",
        pool.device(pattern(2 * MIB), "import", "a").failedWith(1));
    assertEquals(List.of("a.importing"), pool.names());
    assertArrayEquals(pattern(MIB), pool.device("export", "a.importing").outBytes());
  }

  @Test
  void filesThatAreNotThereAreNamed() {
    Path none = folder.resolve("none").resolve("in.raw");
    assertEquals(
        "there is no file " + none, pool.device("import", "a", none.toString()).failedWith(1));
    pool.device("create", "a", "--size", "2M").succeeded();
    assertEquals(
        "there is no folder " + none.getParent() + "; make it first",
        pool.device("export", "a", none.toString()).failedWith(1));
    assertEquals(
        folder + " is a folder; name a file",
        pool.device("export", "a", folder.toString()).failedWith(1));
    String message = pool.device("import", "b", folder.toString()).failedWith(1);
    assertEquals(folder + " is a folder; name a raw image", message);
    assertFalse(Files.exists(none));
  }

  static byte[] pattern(long length) {
    byte[] bytes = new byte[(int) length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static long heldBytes(Path file) {
    try {
      Process du = new ProcessBuilder("du", "-B1", file.toString()).start();
      return Long.parseLong(new String(du.getInputStream().readAllBytes()).split("\\s")[0]);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
