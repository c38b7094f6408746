// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.meter.Meters;
import io.veneer.thinpool.pool.ThinPool;
import io.veneer.tools.control.DoorState;
import io.veneer.tools.serve.AttachDoor;
import io.veneer.tools.serve.Door;
import io.veneer.tools.serve.PoolServer;
import io.veneer.tools.serve.ServedPool;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What commands do that come while a server has the pool's lock and does not listen yet. */
class StartingServerTest {
  private static final long STARTING_MILLIS = 300;

  @TempDir private Path folder;
  private PoolFolder pool;

  @BeforeEach
  void makeAPool() {
    pool = PoolFolder.in(folder);
  }

  @ParameterizedTest
  @CsvSource({"device, list", "pool, status"})
  void aServerThatIsStartingIsWaitedFor(String group, String command) throws Exception {
    assertEquals(0, whileStarting(group, command, pool.toString()).exitCode());
  }

  @Test
  void attachWaitsForAServerThatIsStarting() throws Exception {
    assertEquals(0, whileStarting("attach", "--list", pool.toString()).exitCode());
  }

  @Test
  void whoeverElseHasThePoolIsNotWaitedForLong() {
    try (ThinPool other = ThinPool.open(pool.path())) {
      assertEquals(List.of(), other.devices());
      String message = pool.device("list").failedWith(1);
      assertTrue(message.startsWith("pool is in use: pool=" + pool + " holder=pid "), message);
      assertTrue(message.endsWith("; wait until that process has ended, or end it"), message);
    }
  }

  private Outcome whileStarting(String... arguments) throws Exception {
    SlowDoor slow = new SlowDoor();
    CompletableFuture<PoolServer> server =
        CompletableFuture.supplyAsync(
            () -> PoolServer.start(pool.path(), List.of(slow, new AttachDoor(new Meters()))));
    assertTrue(slow.reached.await(10, TimeUnit.SECONDS));
    try {
      return Outcome.of(arguments);
    } finally {
      server.get(10, TimeUnit.SECONDS).close();
    }
  }

  /** A door that takes a while to open, as one does that goes on with what was attached. */
  private static final class SlowDoor implements Door {
    private final CountDownLatch reached = new CountDownLatch(1);

    @Override
    public boolean isAsked() {
      return true;
    }

    @Override
    public void check() {}

    @Override
    public void start(ServedPool served) {
      reached.countDown();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(STARTING_MILLIS));
    }

    @Override
    public List<DoorState> states() {
      return List.of();
    }

    @Override
    public void stop() {}
  }
}
