// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.veneer.thinpool.BlockDevice;
import io.veneer.tools.control.ServerEndingException;
import io.veneer.tools.layers.LayerWords;
import io.veneer.tools.serve.PoolServer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands whose server ends while they are at it go on with whoever has the pool next. */
@Timeout(120)
class EndingServerTest {
  private static final long MIB = 1 << 20;

  @TempDir private Path folder;
  private PoolFolder pool;
  private PoolServer server;

  @BeforeEach
  void serve() {
    pool = PoolFolder.in(folder);
    server = PoolServer.start(pool.path(), List.of());
  }

  @Test
  void aCommandThatHasDoneHalfDoesTheOtherHalfItself() {
    try (PoolAccess access = PoolAccess.open(pool.path(), PoolAccess.Purpose.CHANGE)) {
      access.apply(operations -> operations.createDevice("a", MIB));
      server.close();
      assertEquals(MIB, access.device("a").sizeBytes());
      access.apply(operations -> operations.renameDevice("a", "b"));
      assertTrue(access.server().isEmpty());
    }
    assertEquals(List.of("b"), pool.names());
  }

  @Test
  void aCommandGoesOnWithTheNextServer() {
    try (PoolAccess access = PoolAccess.open(pool.path(), PoolAccess.Purpose.CHANGE)) {
      server.close();
      try (PoolServer next = PoolServer.start(pool.path(), List.of())) {
        assertEquals(List.of(), access.devices());
        assertEquals(1, next.state().doors().get(0).connections());
      }
    }
  }

  /** Others may have done meanwhile what the claim kept away. */
  @Test
  void aCommandWhoseClaimHasEndedDoesNotGoOn() {
    try (PoolAccess access = PoolAccess.open(pool.path(), PoolAccess.Purpose.CHANGE)) {
      access.claim("device a", 0);
      server.close();
      assertThrows(ServerEndingException.class, access::devices);
      assertThrows(ServerEndingException.class, access::devices, "also the next time");
    }
  }

  @Test
  void aServerThatTakesItsTimeToEndIsWaitedFor() throws Exception {
    try (PoolAccess access = PoolAccess.open(pool.path(), PoolAccess.Purpose.CHANGE)) {
      server.close();
      PoolAccess other = LocalPool.open(pool.path(), PoolAccess.Purpose.CHANGE);
      CompletableFuture<Void> end =
          CompletableFuture.runAsync(
              other::close, CompletableFuture.delayedExecutor(3, TimeUnit.SECONDS));
      access.apply(operations -> operations.createDevice("a", MIB));
      end.join();
    }
    assertEquals(List.of("a"), pool.names());
  }

  @Test
  void aDeviceThatIsOpenEndsWithItsServer() {
    pool.device("create", "a", "--size", "1M").succeeded();
    try (PoolAccess access = PoolAccess.open(pool.path(), PoolAccess.Purpose.READ);
        BlockDevice device = access.openDeviceReadOnly("a")) {
      server.close();
      assertThrows(ServerEndingException.class, device::sizeBytes);
    }
  }

  @Test
  void layersGoOnToo() {
    try (LayerAccess layers = LayerAccess.open(pool.path(), LayerAccess.Need.READ)) {
      server.close();
      JsonObject answer = layers.call(LayerWords.LIST, new JsonObject(), part -> {});
      assertEquals(new JsonArray(), answer.getAsJsonArray("images"));
    }
  }

  @Test
  void watchingEndsWithTheServer() throws Exception {
    CompletableFuture<Outcome> watch =
        CompletableFuture.supplyAsync(
            () -> Outcome.of("pool", "watch", pool.toString(), "--interval", "0.1"));
    while (server.state().doors().get(0).connections() == 0) {
      Thread.sleep(10);
    }
    server.close();
    assertEquals(1, watch.get(20, TimeUnit.SECONDS).exitCode());
  }

  @Test
  void commandsWaitForEachOther() {
    server.close();
    PoolAccess other = LocalPool.open(pool.path(), PoolAccess.Purpose.CHANGE);
    CompletableFuture<Void> end =
        CompletableFuture.runAsync(
            other::close, CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS));
    pool.device("create", "a", "--size", "1M").succeeded();
    assertEquals(List.of("a"), pool.names());
    end.join();
  }
}
