// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a server ends. */
@Timeout(60)
class NbdShutdownTest {
  @TempDir Path folder;
  private final MemoryDevice device = new MemoryDevice(1 << 20);

  private NbdServer serve(Duration shutdown) {
    return NbdServer.start(
        device, NbdOptions.builder().socket(socket()).shutdownTimeout(shutdown).build());
  }

  private Path socket() {
    return folder.resolve("s");
  }

  private RawClient client() throws IOException {
    return RawClient.using(socket(), "memory", true);
  }

  @Test
  void idleClientsAreDisconnectedAndTheirExportsFlushed() throws IOException {
    NbdServer server = serve(Duration.ofSeconds(20));
    try (RawClient client = client();
        RawClient haggling = RawClient.connect(socket())) {
      haggling.greet(3);
      client.write(0, new byte[10], 0);
      long start = System.nanoTime();
      server.close();
      assertTrue(System.nanoTime() - start < 5_000_000_000L);
      assertTrue(client.isClosedByServer());
      assertTrue(haggling.isClosedByServer());
      assertEquals(1, device.flushes.get());
      assertEquals(0, device.opens.get());
      assertFalse(Files.exists(socket()));
    }
  }

  @Test
  void requestsThatWereBegunAreAnswered() throws Exception {
    NbdServer server = serve(Duration.ofSeconds(20));
    CountDownLatch gate = new CountDownLatch(1);
    device.flushGate = gate;
    try (RawClient client = client()) {
      client.start(NbdProtocol.NBD_CMD_FLUSH, 0, 0, 0);
      device.flushBegun.await();
      Thread closer = new Thread(server::close);
      closer.start();
      while (Files.exists(socket())) {
        Thread.sleep(1);
      }
      gate.countDown();
      assertEquals(0, client.receiveReply(0).error());
      assertTrue(client.isClosedByServer());
      closer.join();
    }
  }

  @Test
  void waitsNoLongerThanItMay() throws Exception {
    NbdServer server = serve(Duration.ofMillis(200));
    CountDownLatch gate = new CountDownLatch(1);
    device.flushGate = gate;
    try (RawClient client = client()) {
      client.start(NbdProtocol.NBD_CMD_FLUSH, 0, 0, 0);
      device.flushBegun.await();
      long start = System.nanoTime();
      server.close();
      long took = System.nanoTime() - start;
      assertTrue(took < 5_000_000_000L, "tookNanos=" + took);
      assertTrue(client.isClosedByServer());
      gate.countDown();
    }
  }

  @Test
  void clientThatDoesNotReadIsCutOff() throws Exception {
    NbdServer server = serve(Duration.ofMillis(200));
    try (RawClient client = client()) {
      for (int i = 0; i < 100; i++) {
        client.start(NbdProtocol.NBD_CMD_READ, 0, 0, 1 << 20);
      }
      server.close();
      assertEquals(0, server.connectionCount());
    }
  }

  @Test
  void nobodyConnectsAfterwards() {
    serve(Duration.ofSeconds(1)).close();
    assertThrows(IOException.class, this::client);
  }

  @Test
  void socketOfASuccessorStays() throws IOException {
    NbdServer first = serve(Duration.ofSeconds(1));
    Files.delete(socket());
    try (NbdServer second = serve(Duration.ofSeconds(1))) {
      first.close();
      try (RawClient client = client()) {
        assertEquals(1, second.connectionCount());
        assertEquals(1 << 20, client.sizeBytes);
      }
    }
  }
}
