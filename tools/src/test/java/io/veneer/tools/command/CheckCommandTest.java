// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
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
