// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceCommandsTest extends BothWays {
  private static final long MIB = 1L << 20;

  @TempDir private Path folder;
  private PoolFolder pool;

  @BeforeEach
  void givenAPool() {
    pool = reached(PoolFolder.in(folder));
  }

  @Test
  void makesADevice() {
    assertEquals(
        "created web: 10 GiB\n", pool.device("create", "web", "--size", "10G").succeeded());
    JsonObject web = pool.info("web");
    assertEquals(10L << 30, web.get("sizeBytes").getAsLong());
    assertEquals(0, web.get("mappedBytes").getAsLong());
    assertEquals(0, web.get("exclusiveBytes").getAsLong());
    assertEquals(0, web.get("highestMappedOffset").getAsLong());
    assertFalse(web.get("sealed").getAsBoolean());
  }

  @Test
  void listsDevicesByName() {
    assertEquals(List.of(), pool.names());
    pool.device("create", "b", "--size", "2M").succeeded();
    pool.device("create", "a", "--size", "1G").succeeded();
    pool.device("snapshot", "a", "c").succeeded();
    assertEquals(List.of("a", "b", "c"), pool.names());
    assertEquals(
        """
        NAME  ORIGIN   SIZE  MAPPED  OWN     STATE
        a     -       1 GiB     0 B  0 B  writable
        b     -       2 MiB     0 B  0 B  writable
        c     a       1 GiB     0 B  0 B  writable
        """,
        pool.device("list").succeeded());
  }

  @Test
  void tellsSharedFromExclusive() {
    pool.device("create", "base", "--size", "16M").succeeded();
    pool.device(pattern(MIB), "write", "base").succeeded();
    assertEquals(
        "created web, a snapshot of base\n", pool.device("snapshot", "base", "web").succeeded());
    pool.device(pattern(4096), "write", "web", "--offset", "8M").succeeded();
    JsonObject web = pool.info("web");
    assertEquals(MIB + 65536, web.get("mappedBytes").getAsLong());
    assertEquals(65536, web.get("exclusiveBytes").getAsLong());
    assertEquals(MIB, web.get("sharedBytes").getAsLong());
    assertEquals(8 * MIB + 65536, web.get("highestMappedOffset").getAsLong());
    String text = pool.device("info", "web").succeeded();
    assertTrue(text.matches("(?s).*exclusive +64 KiB\n.*shared +1 MiB\n.*"), text);
  }

  @Test
  void removesDevicesInAnyOrderAndGivesTheirSpaceBack() {
    pool.device("create", "base", "--size", "16M").succeeded();
    pool.device(pattern(MIB), "write", "base").succeeded();
    pool.device("snapshot", "base", "web").succeeded();
    assertEquals("removed base\n", pool.device("remove", "base").succeeded());
    assertEquals(MIB, pool.status().get("usedDataBytes").getAsLong());
    assertTrue(pool.device("list").succeeded().contains("(removed)"));
    assertEquals(MIB, pool.info("web").get("exclusiveBytes").getAsLong());
    pool.device("remove", "web").succeeded();
    assertEquals(0, pool.status().get("usedDataBytes").getAsLong());
  }

  @Test
  void removesAllNamedDevicesOrNone() {
    pool.device("create", "a", "--size", "2M").succeeded();
    pool.device("create", "b", "--size", "2M").succeeded();
    String message = pool.device("remove", "a", "none", "b").failedWith(1);
    assertTrue(message.contains("none"), message);
    assertEquals(List.of("a", "b"), pool.names());
    assertEquals("removed a, b\n", pool.device("remove", "a", "b").succeeded());
    assertEquals(List.of(), pool.names());
  }

  @Test
  void renames() {
    pool.device("create", "a", "--size", "2M").succeeded();
    assertEquals("renamed a to b\n", pool.device("rename", "a", "b").succeeded());
    assertEquals(List.of("b"), pool.names());
  }

  @Test
  void refusesANameThatIsTaken() {
    pool.device("create", "a", "--size", "2M").succeeded();
    pool.device("create", "b", "--size", "2M").succeeded();
    String advice = "choose another name, or remove or rename that device first";
    String created = pool.device("create", "a", "--size", "4M").failedWith(1);
    String renamed = pool.device("rename", "b", "a").failedWith(1);
    String snapshotted = pool.device("snapshot", "b", "a").failedWith(1);
    for (String message : List.of(created, renamed, snapshotted)) {
      assertTrue(message.endsWith("; " + advice), message);
    }
    assertEquals(2 * MIB, pool.info("a").get("sizeBytes").getAsLong());
  }

  @Test
  void resizesAndForgetsWhatLiesBeyond() {
    pool.device("create", "a", "--size", "4M").succeeded();
    byte[] bytes = pattern(4 * MIB);
    pool.device(bytes, "write", "a").succeeded();
    assertEquals("resized a: 2 MiB\n", pool.device("resize", "a", "--size", "2M").succeeded());
    pool.device("resize", "a", "--size", "4M").succeeded();
    byte[] expected = Arrays.copyOf(Arrays.copyOf(bytes, (int) (2 * MIB)), (int) (4 * MIB));
    assertArrayEquals(expected, pool.device("read", "a").outBytes());
  }

  @Test
  void refusesSizesThatNoDeviceHas() {
    for (String size : List.of("0", "1", "1023K", "17T", "8000P")) {
      pool.device("create", "a", "--size", size).failedWith(1);
    }
    assertEquals(List.of(), pool.names());
  }

  @Test
  void setsLimitsAndAttributesTogether() {
    pool.device("create", "a", "--size", "4M").succeeded();
    pool.device("set", "a", "--quota", "2M", "--attribute", "owner=shop").succeeded();
    pool.device("set", "a", "--attribute", "kind=base", "--guarantee", "on").succeeded();
    JsonObject info = pool.info("a");
    assertEquals(2 * MIB, info.get("quotaBytes").getAsLong());
    assertTrue(info.get("guaranteed").getAsBoolean());
    assertEquals("{\"kind\":\"base\",\"owner\":\"shop\"}", info.get("attributes").toString());
    pool.device("set", "a", "--attribute", "owner=", "--guarantee", "off").succeeded();
    assertEquals("{\"kind\":\"base\"}", pool.info("a").get("attributes").toString());
  }

  @Test
  void anAttributeStaysInItsLine() {
    pool.device("create", "a", "--size", "4M").succeeded();
    pool.device("set", "a", "--attribute", "owner=shop\nsize: 1 GiB").succeeded();
    String text = pool.device("info", "a").succeeded();
    assertTrue(text.contains("owner=shop\\u000asize: 1 GiB\n"), text);
  }

  @Test
  void aQuotaStopsWritesThatWouldExceedIt() {
    pool.device("create", "a", "--size", "4M").succeeded();
    pool.device("set", "a", "--quota", "1M").succeeded();
    pool.device(pattern(MIB), "write", "a").succeeded();
    pool.device(pattern(MIB), "write", "a", "--offset", "2M").failedWith(1);
  }

  @Test
  void aSealedDeviceTakesNoWritesButSnapshots() {
    pool.device("create", "base", "--size", "4M").succeeded();
    pool.device("set", "base", "--seal").succeeded();
    String message = pool.device(pattern(512), "write", "base").failedWith(1);
    assertTrue(message.endsWith("write to a snapshot of it"), message);
    pool.device("snapshot", "base", "web").succeeded();
    pool.device(pattern(512), "write", "web").succeeded();
  }

  @Test
  void readsAnExternalOriginWhereNothingWasWritten() throws IOException {
    byte[] origin = pattern(2 * MIB);
    Path file = Files.write(folder.resolve("origin.raw"), origin);
    pool.device("create", "web", "--size", "4M", "--external-origin", file.toString()).succeeded();
    pool.device(new byte[] {42}, "write", "web", "--offset", "100").succeeded();
    byte[] expected = Arrays.copyOf(origin, (int) (4 * MIB));
    expected[100] = 42;
    assertEquals(-1, Arrays.mismatch(expected, pool.device("export", "web").outBytes()));
    assertEquals(-1, Arrays.mismatch(origin, Files.readAllBytes(file)));
    assertEquals(file.toString(), pool.info("web").get("externalOrigin").getAsString());
  }

  @Test
  void namesTheDeviceThatIsNotThere() {
    for (String command : List.of("info", "remove", "read", "write", "export")) {
      String message = pool.device(command, "ghost").failedWith(1);
      assertTrue(message.contains("ghost"), message);
      assertTrue(message.endsWith("'veneer device list " + pool + "' shows the devices"), message);
    }
    pool.device("rename", "ghost", "b").failedWith(1);
    pool.device("resize", "ghost", "--size", "2M").failedWith(1);
    pool.device("snapshot", "ghost", "b").failedWith(1);
    pool.device("set", "ghost", "--seal").failedWith(1);
  }

  private static byte[] pattern(long length) {
    return TransferTest.pattern(length);
  }
}
