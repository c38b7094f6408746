// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.meter.Meters;
import io.veneer.tools.serve.AttachDoor;
import io.veneer.tools.serve.PoolServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What attach and detach say where nothing can be attached; the rest is in AttachIT. */
class AttachTest {
  @TempDir private Path folder;
  private PoolFolder pool;

  @BeforeEach
  void makeAPool() {
    pool = PoolFolder.in(folder);
    pool.device("create", "web", "--size", "2M").succeeded();
  }

  @Test
  void saysWhatToStart() {
    String message = Outcome.of("attach", pool.toString(), "web").failedWith(1);
    assertTrue(message.startsWith("nobody serves the pool"), message);
    String advice =
        "start one and keep it running, which also takes over or cleans up what a killed one left"
            + " attached: veneer serve ";
    assertTrue(message.endsWith(advice + pool), message);
    assertEquals(message, Outcome.of("detach", pool.toString(), "web").failedWith(1));
    assertEquals(message, Outcome.of("attach", "--list", pool.toString()).failedWith(1));
  }

  @Test
  void takesANameOrList() {
    String message = Outcome.of("attach", pool.toString()).failedWith(2);
    assertTrue(message.startsWith("missing required parameter: 'NAME' (or --list)"), message);
    message = Outcome.of("attach", pool.toString(), "web", "--list").failedWith(2);
    assertTrue(message.startsWith("--list takes no NAME"), message);
    message = Outcome.of("attach", pool.toString(), "web", "--via", "air").failedWith(2);
    assertTrue(message.contains("air"), message);
  }

  @Test
  void aServerRefusesWhatIsNotThere() {
    try (PoolServer server = PoolServer.start(pool.path(), List.of(new AttachDoor(new Meters())))) {
      assertEquals(1, server.state().doors().size());
      String message = Outcome.of("attach", pool.toString(), "none").failedWith(1);
      assertTrue(message.startsWith("pool has no such device: name=none"), message);
      message = Outcome.of("attach", pool.toString(), "web", "--sector-size", "8").failedWith(2);
      assertTrue(message.startsWith("--sector-size takes 512 or 4096"), message);
      message = Outcome.of("detach", pool.toString(), "web").failedWith(1);
      String list = "; 'veneer attach --list " + pool + "' shows what is attached";
      assertEquals("device is not attached: device=web" + list, message);
      for (String other : List.of("none", "/dev/loop0", "attach/none")) {
        message = Outcome.of("detach", pool.toString(), other).failedWith(1);
        assertTrue(message.startsWith("pool has no such device: name=" + other + " "), message);
        assertTrue(message.endsWith(list), message);
      }
      String table = Outcome.of("attach", "--list", pool.toString()).succeeded();
      assertEquals("NAME  PATH  VIA  MODE  FILE\n", table);
      String json = Outcome.of("attach", "--list", "--json", pool.toString()).succeeded();
      assertEquals("{\n  \"attachments\": [],\n  \"leftovers\": []\n}\n", json);
    }
  }
}
