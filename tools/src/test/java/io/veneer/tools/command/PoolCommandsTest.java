// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.veneer.thinpool.file.HostPoolFiles;
import io.veneer.thinpool.file.PoolFiles;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.PoolGeometry;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolCommandsTest extends BothWays {
  private static final long GIB = 1L << 30;

  @TempDir private Path folder;
  private String pool;

  @BeforeEach
  void nameThePool() {
    pool = folder.resolve("pool").toString();
  }

  @Test
  void makesAPoolOfTheUsualSize() {
    String line = Outcome.of("pool", "create", pool).succeeded();
    assertEquals("created pool " + pool + ": 100 GiB of data in blocks of 64 KiB\n", line);
    JsonObject status = status();
    assertEquals(pool, status.get("pool").getAsString());
    assertEquals("write", status.get("mode").getAsString());
    assertFalse(status.get("needsCheck").getAsBoolean());
    assertEquals(100 * GIB, status.get("totalDataBytes").getAsLong());
    assertEquals(0, status.get("usedDataBytes").getAsLong());
    assertEquals(65536, status.get("blockSizeBytes").getAsInt());
    assertEquals("error", status.get("noSpacePolicy").getAsString());
    assertTrue(status.get("discardPassdown").getAsBoolean());
  }

  @Test
  void makesAPoolAsTheOptionsSay() {
    String options =
        "--data-size 2G --block-size 4K --metadata-size 64M --data-limit 8G --low-water 128M"
            + " --no-space queue --no-space-timeout 5 --no-discard-passdown --quiet";
    assertEquals("", Outcome.of(("pool create " + pool + " " + options).split(" ")).succeeded());
    JsonObject status = status();
    assertEquals(2 * GIB, status.get("totalDataBytes").getAsLong());
    assertEquals(4096, status.get("blockSizeBytes").getAsInt());
    assertEquals(64L << 20, status.get("totalMetadataBytes").getAsLong());
    assertEquals(8 * GIB, status.get("dataLimitBytes").getAsLong());
    assertEquals(128L << 20, status.get("lowWaterBytes").getAsLong());
    assertEquals("queue", status.get("noSpacePolicy").getAsString());
    assertFalse(status.get("discardPassdown").getAsBoolean());
  }

  @Test
  void showsTheStateInWords() {
    Outcome.of("pool", "create", pool, "--data-size", "2G").succeeded();
    reached(new PoolFolder(Path.of(pool)));
    Outcome.of("device", "create", pool, "web", "--size", "1G").succeeded();
    String text = Outcome.of("pool", "status", pool).succeeded();
    assertTrue(text.matches("(?ms).*^mode +write$.*"), text);
    assertTrue(text.contains("0 B of 2 GiB used (0%)"), text);
    assertTrue(text.matches("(?ms).*^devices +1$.*"), text);
    assertTrue(text.matches("(?ms).*^block size +64 KiB$.*"), text);
  }

  @Test
  void saysThatItCanOnlyReadAPoolWithNewerFeatures() {
    Outcome.of("pool", "create", pool, "--data-size", "1G").succeeded();
    try (PoolFiles files = HostPoolFiles.open(Path.of(pool), false)) {
      for (int slot = 0; slot < PoolGeometry.SUPERBLOCKS; slot++) {
        ByteBuffer image = BlockHeaderFormat.newBlock();
        files.metadata().read(slot, image);
        Superblock superblock = SuperblockFormat.decode(image.clear(), slot);
        superblock.readOnlyCompatible = 2;
        SuperblockFormat.encode(superblock, slot, image.clear());
        files.metadata().write(slot, image.clear());
      }
    }
    String text = Outcome.of("pool", "status", pool).succeeded();
    assertTrue(text.matches("(?ms).*^mode +read only, to write it use a newer veneer$.*"), text);
    assertTrue(status().get("onlyReadable").getAsBoolean());
    String refused = Outcome.of("device", "create", pool, "web", "--size", "1G").failedWith(1);
    assertTrue(refused.contains("can only read; use a newer veneer"), refused);
  }

  @Test
  void growsDataAndMetadata() {
    Outcome.of("pool", "create", pool, "--data-size", "1G", "--metadata-size", "16M").succeeded();
    reached(new PoolFolder(Path.of(pool)));
    String line =
        Outcome.of("pool", "grow", pool, "--data-size", "3G", "--metadata-size", "32M").succeeded();
    assertEquals("pool " + pool + ": 3 GiB of data, 32 MiB of metadata\n", line);
    assertEquals(3 * GIB, status().get("totalDataBytes").getAsLong());
    assertEquals(32L << 20, status().get("totalMetadataBytes").getAsLong());
  }

  @Test
  void changesWhatAPoolDoesWhenItIsFull() {
    Outcome.of("pool", "create", pool, "--data-size", "1G").succeeded();
    reached(new PoolFolder(Path.of(pool)));
    Outcome.of("pool", "set", pool, "--data-limit", "2G", "--no-space", "queue").succeeded();
    assertEquals(2 * GIB, status().get("dataLimitBytes").getAsLong());
    assertEquals("queue", status().get("noSpacePolicy").getAsString());
    assertEquals(60_000, status().get("noSpaceTimeoutMillis").getAsLong(), "stays as it was");
    String line =
        Outcome.of(
                ("pool set P --low-water 64M --no-space-timeout 5 --discard-passdown off")
                    .replace("P", pool)
                    .split(" "))
            .succeeded();
    assertEquals("changed pool " + pool + "\n", line);
    assertEquals(64L << 20, status().get("lowWaterBytes").getAsLong());
    assertEquals(5000, status().get("noSpaceTimeoutMillis").getAsLong());
    assertEquals(false, status().get("discardPassdown").getAsBoolean());
    assertEquals(2 * GIB, status().get("dataLimitBytes").getAsLong(), "stays as it was");
    String text = Outcome.of("pool", "status", pool).succeeded();
    assertTrue(text.contains("when full       queue for 5.0 s\n"), text);
    Outcome.of("pool", "set", pool, "--data-limit", "512M").failedWith(1);
    Outcome.of("pool", "set", pool, "--no-space-timeout", "-1").failedWith(2);
    Outcome.of("pool", "set", pool, "--data-limit", "0", "--no-space", "error").succeeded();
    assertEquals(GIB, status().get("dataLimitBytes").getAsLong());
    assertEquals("error", status().get("noSpacePolicy").getAsString());
  }

  @Test
  void doesNotShrink() {
    Outcome.of("pool", "create", pool, "--data-size", "2G").succeeded();
    reached(new PoolFolder(Path.of(pool)));
    Outcome.of("pool", "grow", pool, "--data-size", "1G").failedWith(1);
    String before = Outcome.of("pool", "status", pool, "--json").succeeded();
    Outcome.of("pool", "grow", pool, "--data-size", "5G", "--metadata-size", "8M").failedWith(1);
    assertEquals(before, Outcome.of("pool", "status", pool, "--json").succeeded(), "both or none");
    assertEquals(2 * GIB, status().get("totalDataBytes").getAsLong());
  }

  @Test
  void refusesToMakeAPoolOverAnother() {
    Outcome.of("pool", "create", pool, "--data-size", "2G").succeeded();
    reached(new PoolFolder(Path.of(pool)));
    String message = Outcome.of("pool", "create", pool).failedWith(1);
    assertTrue(message.contains("pool"), message);
    assertEquals(2 * GIB, status().get("totalDataBytes").getAsLong());
  }

  @Test
  void refusesToMakeAPoolAmongOtherFiles() throws IOException {
    Files.writeString(folder.resolve("letter"), "dear");
    Outcome.of("pool", "create", folder.toString()).failedWith(1);
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--block-size, 3K",
    "--block-size, 2K",
    "--block-size, 2M",
    "--block-size, 4T",
    "--block-size, 0",
    "--data-size, 0",
    "--data-size, 8000P",
  })
  void refusesSizesOutOfRangeAndLeavesNothingBehind(String option, String value) {
    Outcome.of("pool", "create", pool, option, value).failedWith(1);
    assertFalse(Files.exists(Path.of(pool).resolve("metadata")));
  }

  private JsonObject status() {
    String json = Outcome.of("pool", "status", pool, "--json").succeeded();
    return JsonParser.parseString(json).getAsJsonObject();
  }
}
