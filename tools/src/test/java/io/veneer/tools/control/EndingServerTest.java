// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.veneer.driver.socket.SocketFile;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients hear of a server that ends while they are at it. */
@Timeout(60)
class EndingServerTest {
  @TempDir private Path folder;
  private ControlFixture fixture;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final AtomicInteger done = new AtomicInteger();

  @BeforeEach
  void serve() {
    fixture = new ControlFixture(folder);
    fixture.requests.add(
        "slow",
        arguments -> {
          begun.countDown();
          await(mayEnd);
          done.incrementAndGet();
          return new JsonObject();
        });
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatWasBegunIsAnsweredAndTheRestIsNotDone() {
    try (ControlClient client = fixture.client()) {
      client.send("slow", new JsonObject(), ControlProtocol.nothing());
      await(begun);
      client.send("slow", new JsonObject(), ControlProtocol.nothing()); // before the end
      CompletableFuture<Void> end = CompletableFuture.runAsync(fixture.server::close);
      while (Files.exists(fixture.folder.resolve("control"))) {
        Thread.onSpinWait();
      }
      mayEnd.countDown();
      assertEquals(new JsonObject(), client.receive().header());
      assertThrows(ServerEndingException.class, client::receive);
      end.join();
      assertEquals(1, done.get());
    }
  }

  @Test
  void aClientThatAskedNothingYetIsToldSo() {
    try (ControlClient client = fixture.client()) {
      fixture.server.close();
      assertThrows(ServerEndingException.class, () -> client.call("slow", new JsonObject()));
      assertEquals(0, done.get());
    }
  }

  @Test
  void writesThatAreOnTheirWayAreAnsweredOrNotBegun() {
    fixture.pool.createDevice("a", 64 * ControlFixture.MIB);
    try (ControlClient client = fixture.client();
        BlockDevice device = LiveDevice.open(client, "a", false)) {
      CompletableFuture<Void> end = new CompletableFuture<>();
      assertThrows(
          ServerEndingException.class,
          () -> {
            for (int i = 0; i < 100_000; i++) {
              device.write(0, ByteBuffer.allocate(4 << 20), false);
              if (i == 3) {
                end.completeAsync(
                    () -> {
                      fixture.server.close();
                      return null;
                    });
              }
            }
          });
      end.join();
    }
  }

  @Test
  void aServerThatVanishesLeavesUnknownWhatItDid() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    try (SocketFile socket = SocketFile.listenAnywhere(other.resolve("control"))) {
      CompletableFuture<Void> vanishing =
          CompletableFuture.runAsync(() -> greetTakeAndVanish(socket));
      try (ControlClient client = ControlClient.find(other).orElseThrow()) {
        PoolException lost =
            assertThrows(PoolException.class, () -> client.call("slow", new JsonObject()));
        assertTrue(lost.getMessage().contains("it is not known whether"), lost.getMessage());
      }
      vanishing.join();
    }
  }

  private static void greetTakeAndVanish(SocketFile socket) {
    try (SocketChannel client = socket.channel().accept()) {
      FrameChannel frames = new FrameChannel(client, new LargeHeaders(1));
      frames.greet();
      frames.read();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Also in the moments in which the socket is there and nobody listens, or goes between looks. */
  @Test
  void aServerThatComesAndGoesIsFoundOrNot() {
    fixture.server.close();
    CompletableFuture<Void> looking =
        CompletableFuture.runAsync(
            () -> {
              while (mayEnd.getCount() > 0) {
                ControlClient.find(fixture.folder).ifPresent(ControlClient::close);
              }
            });
    for (int i = 0; i < 300 && !looking.isDone(); i++) {
      ControlServer.start(fixture.folder, fixture.requests).close();
    }
    mayEnd.countDown();
    looking.join();
  }
}
