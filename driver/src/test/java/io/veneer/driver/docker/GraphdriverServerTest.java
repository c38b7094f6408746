// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.owner.OwnedDriver;
import io.veneer.driver.vfs.VfsDriver;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The calls of Docker's storage plugins, in the orders that a real dockerd makes them. */
class GraphdriverServerTest {
  private static final String A = "a".repeat(64);
  private static final String B = "b".repeat(64);
  private static final String INIT = "c".repeat(64) + "-init";
  private static final String C = "c".repeat(64);

  @TempDir Path folder;

  private final BlockingQueue<String> answered = new LinkedBlockingQueue<>();
  private StorageDriver driver;
  private GraphdriverServer server;
  private PluginClient client;

  @BeforeEach
  void serve() throws IOException {
    driver = new OwnedDriver(VfsDriver.open(folder.resolve("home")), "docker");
    server =
        GraphdriverServer.start(
            folder.resolve("s"),
            driver,
            () -> List.of(new StatusRow("Pool Name", "p")),
            (call, outcome, nanos) -> answered.add(call));
    client = new PluginClient(folder.resolve("s"));
  }

  @AfterEach
  void end() throws IOException {
    client.close();
    server.close();
    driver.close();
  }

  private JsonObject call(String name, String json) throws IOException {
    PluginClient.Answer answer = client.call("/GraphDriver." + name, json);
    assertEquals(200, answer.status(), answer::text);
    return JsonParser.parseString(answer.text()).getAsJsonObject();
  }

  private static String ids(String id, String parent) {
    return "{\"ID\":\"%s\",\"Parent\":\"%s\"}".formatted(id, parent);
  }

  private void succeed(String name, String json) throws IOException {
    assertEquals("", call(name, json).get("Err").getAsString());
  }

  private String refusal(String name, String json) throws IOException {
    String error = call(name, json).get("Err").getAsString();
    assertFalse(error.isEmpty(), name);
    return error;
  }

  private JsonObject apply(String id, String parent, byte[] tar) throws IOException {
    client.beginChunked("/GraphDriver.ApplyDiff?id=" + id + "&parent=" + parent);
    Random random = new Random(tar.length);
    for (int done = 0; done < tar.length; ) {
      int length = Math.min(tar.length - done, 1 + random.nextInt(100_000));
      byte[] piece = Arrays.copyOfRange(tar, done, done + length);
      client.chunk(piece, length);
      done += length;
    }
    PluginClient.Answer answer = client.endChunked();
    assertEquals(200, answer.status());
    return JsonParser.parseString(answer.text()).getAsJsonObject();
  }

  private void givenImage(String id, String parent, String... namesAndContents) throws IOException {
    succeed("Create", ids(id, parent));
    assertEquals("", apply(id, parent, SmallTar.of(namesAndContents)).get("Err").getAsString());
  }

  @Test
  void aDaemonStartsWithFourCalls() throws IOException {
    PluginClient.Answer answer = client.call("/Plugin.Activate", "");
    assertEquals("{\"Implements\":[\"GraphDriver\"]}", answer.text());
    assertTrue(answer.type().startsWith("application/vnd.docker.plugins.v1"));
    succeed("Init", "{\"Home\":\"/x\",\"Opts\":null,\"UIDMaps\":null,\"GIDMaps\":null}");
    JsonObject capabilities = call("Capabilities", "{}");
    assertFalse(capabilities.get("ReproducesExactDiffs").getAsBoolean());
    assertFalse(
        capabilities.getAsJsonObject("Capabilities").get("ReproducesExactDiffs").getAsBoolean());
    assertEquals(
        "[[\"Driver\",\"vfs\"],[\"Pool Name\",\"p\"]]",
        call("Status", "{}").get("Status").toString());
  }

  @Test
  void anImageIsImportedAndAContainerRunsOnIt() throws IOException {
    givenImage(A, "", "file", "one");
    givenImage(B, A, "two", "2", ".wh.file", "");
    succeed("CreateReadWrite", ids(INIT, B));
    Path init = Path.of(call("Get", ids(INIT, "")).get("Dir").getAsString());
    Files.writeString(init.resolve("hosts"), "h");
    succeed("Put", ids(INIT, ""));
    succeed("CreateReadWrite", ids(C, INIT));
    Path root = Path.of(call("Get", ids(C, "")).get("Dir").getAsString());
    assertTrue(Files.notExists(root.resolve("file")));
    assertEquals("2", Files.readString(root.resolve("two")));
    assertEquals("h", Files.readString(root.resolve("hosts")));
    Files.writeString(root.resolve("new"), "n".repeat(1000));
    Files.delete(root.resolve("hosts"));
    assertEquals(
        "[{\"Path\":\"/hosts\",\"Kind\":2},{\"Path\":\"/new\",\"Kind\":1}]",
        call("Changes", ids(C, INIT)).get("Changes").toString());
    assertEquals(1000, call("DiffSize", ids(C, INIT)).get("Size").getAsLong());
    PluginClient.Answer diff = client.call("/GraphDriver.Diff", ids(C, INIT));
    assertEquals(200, diff.status());
    assertEquals(List.of(".wh.hosts", "new"), List.copyOf(SmallTar.contents(diff.body()).keySet()));
    succeed("Put", ids(C, ""));
    for (String id : List.of(C, INIT, B, A)) {
      succeed("Remove", ids(id, ""));
      assertFalse(call("Exists", ids(id, "")).get("Exists").getAsBoolean());
    }
    succeed("Cleanup", "{}");
  }

  @Test
  void anArchiveOfMegabytesGoesInAndOutInPieces() throws IOException {
    byte[] random = new byte[6 << 20];
    new Random(1).nextBytes(random);
    String content = new String(random, StandardCharsets.ISO_8859_1);
    byte[] tar = SmallTar.of("big", content, "small", "s");
    succeed("Create", ids(A, ""));
    JsonObject applied = apply(A, "", tar);
    assertEquals(
        content.getBytes(StandardCharsets.UTF_8).length + 1, applied.get("Size").getAsLong());
    PluginClient.Answer diff = client.call("/GraphDriver.Diff", ids(A, ""));
    TreeMap<String, String> contents = SmallTar.contents(diff.body());
    assertArrayEquals(
        content.getBytes(StandardCharsets.UTF_8),
        contents.get("big").getBytes(StandardCharsets.UTF_8));
    assertEquals("s", contents.get("small"));
  }

  @Test
  void aTarThatIsCutOffLeavesTheLayerEmpty() throws Exception {
    succeed("Create", ids(A, ""));
    byte[] tar = SmallTar.of("file", "x".repeat(100_000));
    try (PluginClient dying = new PluginClient(folder.resolve("s"))) {
      dying.beginChunked("/GraphDriver.ApplyDiff?id=" + A + "&parent=");
      dying.chunk(tar, 50_000);
    }
    while (!"ApplyDiff".equals(answered.take())) {
      // The calls before it.
    }
    JsonObject applied = apply(A, "", Arrays.copyOf(tar, 70_000));
    assertFalse(applied.get("Err").getAsString().isEmpty());
    assertEquals("[]", call("Changes", ids(A, "")).get("Changes").toString());
    assertEquals("", apply(A, "", tar).get("Err").getAsString());
    assertEquals(100_000, call("DiffSize", ids(A, "")).get("Size").getAsLong());
  }

  @Test
  void requestsOutOfOrderAreRefusedAndTheServerGoesOn() throws IOException {
    assertTrue(refusal("Get", ids(A, "")).contains("no such layer"));
    assertTrue(refusal("CreateReadWrite", ids(C, A)).contains("no such layer"));
    assertTrue(refusal("Create", ids("", "")).contains("id"));
    assertTrue(refusal("Create", ids("../a", "")).contains("id"));
    givenImage(A, "");
    assertTrue(refusal("Create", ids(A, "")).contains("exists"));
    succeed("CreateReadWrite", ids(C, A));
    assertTrue(refusal("Remove", ids(A, "")).contains("children"));
    succeed("Put", ids(C, ""));
    succeed("Remove", ids(B, ""));
    assertTrue(refusal("Init", "{\"Opts\":[\"dm.thinpooldev=x\"]}").contains("no such"));
    assertTrue(refusal("Init", "{\"Opts\":[\"dm.fs=xfs\"]}").contains("driver of volumes"));
    assertTrue(refusal("Init", "{\"Opts\":[\"size=10G\"]}").contains("thin"));
    assertTrue(refusal("Init", "{\"UIDMaps\":[{\"container_id\":0}]}").contains("userns"));
    assertTrue(refusal("Create", "{\"ID\":\"d\",\"MountLabel\":\"system_u\"}").contains("selinux"));
  }

  @Test
  void whatIsNoRequestIsRefusedAndTheServerGoesOn() throws IOException {
    assertTrue(refusal("Get", "{\"ID\":").contains("no JSON"));
    assertTrue(refusal("Get", "[]").contains("no JSON"));
    assertTrue(refusal("Get", "{\"ID\":[1]}").contains("no text"));
    assertTrue(refusal("Init", "{\"Opts\":\"x\"}").contains("no list"));
    assertEquals(404, client.call("/GraphDriver.Nothing", "{}").status());
    assertEquals(500, client.call("/GraphDriver.Diff", ids(A, "")).status());
    for (String bad : List.of("GET / HTTP/1.1\r\n\r\n", "rubbish\r\n\r\n")) {
      try (PluginClient other = new PluginClient(folder.resolve("s"))) {
        other.send(bad);
        assertTrue(other.answer().status() >= 400);
        assertThrows(EOFException.class, other::answer);
      }
    }
    try (PluginClient other = new PluginClient(folder.resolve("s"))) {
      assertEquals(413, other.call("/GraphDriver.Get", "x".repeat(2 << 20)).status());
    } catch (IOException e) {
      assertTrue(e.getMessage().contains("pipe") || e.getMessage().contains("reset"), e::toString);
    }
    call("Status", "{}");
  }

  @Test
  void layersThatNobodyFilledGoWithTheNextDaemon() throws IOException {
    givenImage(A, "");
    succeed("Create", ids(B, A));
    succeed("CreateReadWrite", ids(C, A));
    succeed("Init", "{}");
    assertFalse(call("Exists", ids(B, "")).get("Exists").getAsBoolean());
    assertTrue(call("Exists", ids(C, "")).get("Exists").getAsBoolean());
  }

  @Test
  void aLayerIsCommittedWhenAnotherStandsOnIt() throws IOException {
    succeed("CreateReadWrite", ids(INIT, ""));
    succeed("CreateReadWrite", ids(C, INIT));
    List<SnapshotInfo> all = new ArrayList<>();
    driver.walk(all::add);
    assertEquals(SnapshotKind.COMMITTED, driver.stat(INIT).kind());
    assertEquals(2, all.size());
    assertEquals(
        INIT,
        call("GetMetadata", ids(C, "")).getAsJsonObject("Metadata").get("Parent").getAsString());
  }
}
