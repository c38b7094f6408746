// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.engines.Programs;
import io.veneer.driver.engines.TestFolder;
import io.veneer.driver.owner.OwnedDriver;
import io.veneer.driver.thin.ThinDriver;
import io.veneer.driver.thin.VolumeOptions;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is wrong with a layer's archive, or with how it is to be mounted, on mounted volumes. */
class BadArchivesIT {
  private static final String LAYER = "a".repeat(64);
  private static final byte[] TAR = SmallTar.of("first", "1", "large", "x".repeat(3_000_000));

  private final BlockingQueue<String> answered = new LinkedBlockingQueue<>();
  private TestFolder folder;
  private ThinPool pool;
  private Attachments attachments;
  private StorageDriver driver;
  private GraphdriverServer server;
  private PluginClient client;

  @BeforeEach
  void serve() throws IOException {
    Programs.require("mkfs.ext4");
    folder = new TestFolder();
    Path home = folder.path().resolve("pool");
    ThinPool.create(home, PoolOptions.ofSize(256L << 20));
    pool = ThinPool.open(home);
    attachments = Attachments.open(pool, home);
    VolumeOptions options = VolumeOptions.ext4(256L << 20);
    driver = ThinDriver.openMounted(pool, attachments, options, home.resolve("volumes"));
    server =
        GraphdriverServer.start(
            folder.path().resolve("s"),
            new OwnedDriver(driver, "docker"),
            List::of,
            (call, outcome, nanos) -> answered.add(call));
    client = new PluginClient(folder.path().resolve("s"));
  }

  @AfterEach
  void end() throws IOException {
    if (client != null) {
      client.close();
      server.close();
      driver.close();
      attachments.close();
      pool.close();
    }
    if (folder != null) {
      folder.close();
    }
  }

  private String error(String name, String json) throws IOException {
    return error(client.call("/GraphDriver." + name, json));
  }

  private static String error(PluginClient.Answer answer) {
    return JsonParser.parseString(answer.text()).getAsJsonObject().get("Err").getAsString();
  }

  private String apply(byte[] tar) throws IOException {
    client.beginChunked("/GraphDriver.ApplyDiff?id=" + LAYER + "&parent=");
    client.chunk(tar, tar.length);
    return error(client.endChunked());
  }

  private String changes() throws IOException {
    return client.call("/GraphDriver.Changes", "{\"ID\":\"" + LAYER + "\"}").text();
  }

  @Test
  void anArchiveThatIsCutOffLeavesTheLayerEmpty() throws Exception {
    assertEquals("", error("Create", "{\"ID\":\"" + LAYER + "\"}"));
    String empty = changes();
    try (PluginClient dying = new PluginClient(folder.path().resolve("s"))) {
      dying.beginChunked("/GraphDriver.ApplyDiff?id=" + LAYER + "&parent=");
      dying.chunk(TAR, 2_000_000);
    }
    while (!"ApplyDiff".equals(answered.take())) {
      // The calls before it.
    }
    assertEquals(empty, changes());
    assertTrue(apply(Arrays.copyOf(TAR, 1_000_000)).contains("archive"));
    assertEquals(empty, changes());
    assertEquals("", apply(TAR));
    assertTrue(changes().contains("/large"));
    assertEquals(List.of(), attachments.list());
  }

  @Test
  void aMountOptionThatTheKernelDoesNotTakeIsNamed() throws IOException {
    assertEquals("", error("Init", "{\"Opts\":[\"mountopt=no_such_option\"]}"));
    assertEquals("", error("Create", "{\"ID\":\"" + LAYER + "\"}"));
    String refusal = apply(TAR);
    assertTrue(refusal.contains("no_such_option"), refusal);
    assertTrue(error("Init", "{\"Opts\":[\"mountopt=a b\"]}").contains("mount"));
    assertEquals("", error("Init", "{\"Opts\":[]}"));
    assertEquals("", error("Create", "{\"ID\":\"" + LAYER + "\"}"));
    assertEquals("", apply(TAR));
  }
}
