// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code veneer check} says of sound and of damaged pools. */
class CheckCommandTest {
  private static final int SECTOR = 512;

  @TempDir Path folder;
  private Path pool;

  @BeforeEach
  void makePool() {
    pool = folder.resolve("pool");
    ThinPool.create(pool, PoolOptions.ofSize(64 << 20));
    try (ThinPool open = ThinPool.open(pool)) {
      open.createDevice("web", 1 << 20);
      open.createSnapshot("copy", "web");
    }
  }

  @Test
  void saysThatASoundPoolIsSound() {
    String text = Outcome.of("check", pool.toString()).succeeded();
    assertTrue(text.contains("is sound: 2 devices"), text);
    assertEquals("", Outcome.of("check", pool.toString(), "--quiet").succeeded());
  }

  @Test
  void folderThatIsNoPoolIsNamedAsByOtherCommands() {
    String message = Outcome.of("check", folder.toString()).failedWith(1);
    assertEquals(Outcome.of("pool", "status", folder.toString()).failedWith(1), message);
  }

  @Test
  void fallsBackToTheOlderSuperblockAndSaysSo() throws IOException {
    flip(0);
    String text = Outcome.of("check", pool.toString()).succeeded();
    assertTrue(text.contains("note: superblock"), text);
  }

  @Test
  void failsWhenBothSuperblocksAreDamaged() throws IOException {
    flip(0);
    flip(4096);
    Outcome outcome = Outcome.of("check", pool.toString());
    assertEquals(1, outcome.exitCode());
    assertTrue(outcome.out().endsWith("no device can be read, bring the pool back from a copy\n"));
  }

  @Test
  void aDataFileThatWasCutIsDamageAndWhatIsWholeCanBeExported() throws IOException {
    byte[] bytes = TransferTest.pattern(1 << 20);
    String folderOfPool = pool.toString();
    Outcome.of(bytes, "device", "write", folderOfPool, "copy").succeeded();
    Outcome.of(bytes, "device", "write", folderOfPool, "web").succeeded();
    cutData((1 << 20) + 100);
    Outcome outcome = Outcome.of("check", folderOfPool);
    assertEquals(1, outcome.exitCode());
    assertTrue(outcome.out().contains("data file is shorter than its pool"), outcome.out());
    assertTrue(outcome.out().endsWith("export them to a new pool\n"), outcome.out());
    assertArrayEquals(bytes, Outcome.of("device", "export", folderOfPool, "copy").outBytes());
    String lost = Outcome.of("device", "export", folderOfPool, "web").failedWith(1);
    assertTrue(lost.contains("what is to be read is lost"), lost);
    String refused =
        Outcome.of("device", "create", folderOfPool, "new", "--size", "1M").failedWith(1);
    assertTrue(refused.contains("export what is whole"), refused);
  }

  @Test
  void freeBlocksAtTheEndOfTheDataFileMayBeMissing() throws IOException {
    byte[] bytes = TransferTest.pattern(1 << 20);
    Outcome.of(bytes, "device", "write", pool.toString(), "copy").succeeded();
    Outcome.of(bytes, "device", "write", pool.toString(), "web").succeeded();
    Outcome.of("device", "remove", pool.toString(), "web").succeeded();
    cutData((1 << 20) + 100);
    assertTrue(Outcome.of("check", pool.toString()).succeeded().contains("is sound: 1 device"));
  }

  private void cutData(long lengthBytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(pool.resolve("data").toFile(), "rw")) {
      file.setLength(lengthBytes);
    }
  }

  @Test
  void saysThatANewerVersionMadeThePool() throws IOException {
    makeNewer(0);
    makeNewer(1);
    Outcome outcome = Outcome.of("check", pool.toString());
    assertEquals(1, outcome.exitCode());
    assertEquals(
        "pool "
            + pool
            + " cannot be checked: pool has a format that this version does not know;"
            + " use a newer veneer: version=9 supported=1\n",
        outcome.out());
    String json = Outcome.of("check", pool.toString(), "--json").out();
    JsonObject report = JsonParser.parseString(json).getAsJsonObject();
    assertTrue(report.get("newer").getAsBoolean());
    assertFalse(report.get("sound").getAsBoolean());
  }

  private void makeNewer(int slot) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(pool.resolve("metadata").toFile(), "rw")) {
      byte[] block = new byte[BlockHeaderFormat.BLOCK_BYTES];
      file.seek((long) slot * block.length);
      file.readFully(block);
      ByteBuffer image = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
      image.putInt(BlockHeaderFormat.LENGTH + Long.BYTES, 9);
      CRC32C crc = new CRC32C();
      crc.update(image.duplicate().position(BlockHeaderFormat.TYPE));
      image.putInt(BlockHeaderFormat.CHECKSUM, (int) crc.getValue());
      file.seek((long) slot * block.length);
      file.write(block);
    }
  }

  @Test
  void printsAnObject() {
    String text = Outcome.of("check", pool.toString(), "--json").succeeded();
    JsonObject report = JsonParser.parseString(text).getAsJsonObject();
    assertTrue(report.get("sound").getAsBoolean());
    assertEquals(2, report.get("deviceCount").getAsInt());
    assertFalse(report.get("needsCheck").getAsBoolean());
  }

  private void flip(long offset) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(pool.resolve("metadata").toFile(), "rw")) {
      file.seek(offset + SECTOR / 2);
      int value = file.read();
      file.seek(offset + SECTOR / 2);
      file.write(value ^ 1);
    }
  }
}
