// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.BlockType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pools that are none, or not whole, and sizes that are none: one line that says what to do, exit
 * code 1, and nothing is changed.
 */
class BadInputTest {
  private static final int BLOCK = 4096;

  @TempDir private Path folder;

  @Test
  void aFolderThatIsNotThere() {
    Path none = folder.resolve("none");
    assertEquals(
        "there is no folder " + none + "; 'veneer pool create " + none + "' makes a pool",
        Outcome.of("pool", "status", none.toString()).failedWith(1));
  }

  @Test
  void adviceCanBePastedIntoAShell() {
    Path none = folder.resolve("it's a pool");
    String message = Outcome.of("pool", "status", none.toString()).failedWith(1);
    String word = folder + "/it\\'s\\ a\\ pool";
    assertTrue(message.endsWith("; 'veneer pool create " + word + "' makes a pool"), message);
  }

  @Test
  void aFolderThatIsNoPool() throws IOException {
    Files.writeString(folder.resolve("letter"), "dear");
    String message = Outcome.of("device", "list", folder.toString()).failedWith(1);
    assertTrue(message.startsWith("there is no pool in " + folder + " "), message);
    assertTrue(message.endsWith("or make one with 'veneer pool create'"), message);
  }

  @Test
  void aFileInsteadOfAFolder() throws IOException {
    Path file = Files.writeString(folder.resolve("letter"), "dear");
    assertEquals(
        file + " is not a folder; name the folder of the pool",
        Outcome.of("device", "list", file.toString()).failedWith(1));
    assertEquals("dear", Files.readString(file));
  }

  @Test
  void metadataThatIsSomethingElse() throws IOException {
    byte[] text = "metadata of another program".getBytes("US-ASCII");
    Files.write(folder.resolve("metadata"), text);
    Files.write(folder.resolve("data"), text);
    refusesToOpen(folder);
    assertArrayEquals(text, Files.readAllBytes(folder.resolve("metadata")));
  }

  @Test
  void emptyMetadata() throws IOException {
    Files.createFile(folder.resolve("metadata"));
    Files.createFile(folder.resolve("data"));
    refusesToOpen(folder);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4096, 8192, 9000})
  void truncatedMetadata(int length) throws IOException {
    PoolFolder pool = givenPoolWithData();
    try (RandomAccessFile file = new RandomAccessFile(metadata(pool).toFile(), "rw")) {
      file.setLength(length);
    }
    refusesToOpen(pool.path());
  }

  @Test
  void missingData() throws IOException {
    PoolFolder pool = givenPoolWithData();
    Files.delete(pool.path().resolve("data"));
    String message = pool.device("read", "a").failedWith(1);
    assertTrue(message.contains("data"), message);
  }

  /** Either the flipped bit is found, or the bytes that are read are the right ones. */
  /** A pool at rest has the same in both, so one that goes bad takes nothing with it. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void eitherSuperblockAloneTellsEverything(int slot) throws IOException {
    PoolFolder pool = givenPoolWithData();
    byte[] a = pool.device("export", "a").outBytes();
    byte[] b = pool.device("export", "b").outBytes();
    flip(metadata(pool), slot * BLOCK + 100, 3);
    assertArrayEquals(a, pool.device("export", "a").outBytes());
    assertArrayEquals(b, pool.device("export", "b").outBytes());
    pool.device("create", "c", "--size", "1M").succeeded();
    assertArrayEquals(a, pool.device("export", "a").outBytes());
    assertArrayEquals(b, pool.device("export", "b").outBytes());
  }

  @Test
  void anExportThatFailsLeavesTheFileAsItWas() throws IOException {
    PoolFolder pool = givenPoolWithData();
    Path target = Files.writeString(folder.resolve("kept.raw"), "kept");
    int failed = 0;
    for (long block : blocksInUse(metadata(pool))) {
      flip(metadata(pool), block * BLOCK + 100, 3);
      if (pool.device("export", "b", target.toString()).exitCode() != 0) {
        failed++;
        assertEquals("kept", Files.readString(target));
        assertFalse(Files.exists(folder.resolve("kept.raw.exporting")));
      }
      Files.writeString(target, "kept");
      flip(metadata(pool), block * BLOCK + 100, 3);
    }
    assertTrue(failed > 0, "no export failed");
  }

  @Test
  void flippedBitsInMetadata() throws IOException {
    PoolFolder pool = givenPoolWithData();
    byte[] content = pool.device("export", "b").outBytes();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int found = 0;
    for (long block : blocksInUse(metadata(pool))) {
      long at = block * BLOCK + random.nextInt(BLOCK);
      int bit = random.nextInt(8);
      flip(metadata(pool), at, bit);
      Outcome read = pool.device("export", "b");
      String where = "seed=" + seed + " at=" + at + " bit=" + bit + " " + read.err();
      if (read.exitCode() == 0) {
        assertArrayEquals(content, read.outBytes(), where);
      } else {
        assertEquals(1, read.exitCode(), where);
        assertEquals(1, read.err().lines().count(), where);
        assertTrue(read.err().contains("veneer check"), where);
        found++;
      }
      flip(metadata(pool), at, bit);
    }
    assertTrue(found > 0, "no flipped bit was found, seed=" + seed);
    assertArrayEquals(content, pool.device("export", "b").outBytes());
  }

  @Test
  void aDamagedRecordTakesNoOtherDeviceAway() throws IOException {
    PoolFolder pool = givenPoolWithData();
    byte[] whole = pool.device("export", "b").outBytes();
    long id = pool.info("a").get("id").getAsLong();
    for (long block : blocksInUse(metadata(pool))) {
      if (isRecordOf(pool, block, id)) {
        flip(metadata(pool), block * BLOCK + 100, 3);
      }
    }
    assertArrayEquals(whole, pool.device("export", "b").outBytes());
    assertTrue(pool.device("info", "b").succeeded().contains("exclusive"));
    Outcome list = pool.device("list", "--json");
    assertEquals(1, list.exitCode());
    assertTrue(
        list.err().startsWith("veneer: not all devices are shown: device record"), list.err());
    assertTrue(list.err().endsWith("says what is damaged\n"), list.err());
    assertTrue(list.out().contains("\"b\"") && !list.out().contains("\"a\""), list.out());
    String message = pool.device("export", "a").failedWith(1);
    assertTrue(message.contains("name=a ") && message.contains("veneer check"), message);
    pool.device("create", "a", "--size", "1M").failedWith(1);
  }

  private static boolean isRecordOf(PoolFolder pool, long block, long id) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(metadata(pool).toFile(), "r")) {
      byte[] image = new byte[BLOCK];
      file.seek(block * BLOCK);
      file.readFully(image);
      ByteBuffer fields = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
      return fields.getShort(BlockHeaderFormat.TYPE) == BlockType.DEVICE_RECORD.code()
          && fields.getLong(BlockHeaderFormat.KEY) == id;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "device create p n --size, banana",
    "device create p n --size, -5",
    "device create p n --size, 1.5G",
    "device create p n --size, 10GB",
    "device create p n --size, ''",
    "device resize p n --size, 99999999999999999999",
    "device write p n --offset, x",
    "device read p n --length, 4x",
    "device set p n --quota, none",
    "device import p n --size, all",
    "pool create p --data-size, lots",
    "pool create p --block-size, 64KB",
    "pool create p --metadata-size, -1",
    "pool create p --data-limit, 1T1",
    "pool create p --low-water, 10%",
    "pool grow p --data-size, +1G",
    "pool grow p --metadata-size, 1e9",
  })
  void refusesASizeThatIsNone(String command, String size) {
    String[] words = (command + " " + "?").split(" ");
    words[words.length - 1] = size;
    String message = Outcome.of(words).failedWith(1);
    assertTrue(message.startsWith("invalid value for option '" + words[words.length - 2]), message);
    boolean saysWhy =
        message.contains("'" + size + "' is not a size; write bytes, or a whole")
            || message.contains("'" + size + "' is too large");
    assertTrue(saysWhy, message);
  }

  private static void refusesToOpen(Path pool) {
    for (String[] command :
        new String[][] {{"pool", "status"}, {"device", "list"}, {"pool", "grow"}}) {
      List<String> line = new ArrayList<>(List.of(command));
      line.add(pool.toString());
      if (command[1].equals("grow")) {
        line.addAll(List.of("--data-size", "1T"));
      }
      String message = Outcome.of(line.toArray(String[]::new)).failedWith(1);
      assertTrue(message.contains(pool.toString()), message);
      assertTrue(message.contains(";"), () -> "says not what to do: " + message);
    }
  }

  private PoolFolder givenPoolWithData() {
    PoolFolder pool = PoolFolder.in(folder);
    pool.device(TransferTest.pattern(3 << 20), "import", "a").succeeded();
    pool.device("snapshot", "a", "b").succeeded();
    pool.device(TransferTest.pattern(4096), "write", "b").succeeded();
    return pool;
  }

  private static Path metadata(PoolFolder pool) {
    return pool.path().resolve("metadata");
  }

  private static void flip(Path file, long at, int bit) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(at);
      int value = open.read();
      open.seek(at);
      open.write(value ^ 1 << bit);
    }
  }

  private static List<Long> blocksInUse(Path metadata) throws IOException {
    List<Long> blocks = new ArrayList<>();
    ByteBuffer chunk = Chunks.newBuffer();
    try (RawSource source = FileSource.open(metadata)) {
      for (long at = source.next(chunk); at >= 0; at = source.next(chunk)) {
        for (int from = 0; from + BLOCK <= chunk.limit(); from += BLOCK) {
          if (!Chunks.isZero(chunk, from, BLOCK)) {
            blocks.add((at + from) / BLOCK);
          }
        }
      }
    }
    return blocks;
  }
}
