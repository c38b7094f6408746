// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.containerd.wire.Kind;
import io.veneer.driver.owner.OwnedDriver;
import io.veneer.driver.thin.ThinDriver;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A pool without space, as containerd sees it: refused at once and wholly, and gone on with. */
class FullPoolServiceTest {
  private static final Map<String, String> NONE = Map.of();
  private static final long MIB = 1 << 20;
  private static final String FILLER = "filler";

  @TempDir Path folder;

  private ThinPool pool;
  private StorageDriver driver;
  private SnapshotterServer server;
  private SnapshotterClient client;

  @BeforeEach
  void serve() {
    ThinPool.create(folder.resolve("pool"), PoolOptions.ofSize(8 * MIB));
    pool = ThinPool.open(folder.resolve("pool"));
    driver = ThinDriver.share(pool, MIB);
    server =
        SnapshotterServer.start(
            folder.resolve("s"),
            new OwnedDriver(driver, "containerd"),
            (call, outcome, nanos) -> {});
    client = new SnapshotterClient(folder.resolve("s"));
  }

  @AfterEach
  void end() {
    client.close();
    server.close();
    driver.close();
    pool.close();
  }

  /** Writes until a write is refused. */
  private void fillThePool() {
    pool.createDevice(FILLER, 64 * MIB);
    byte[] noise = new byte[1 << 16];
    new Random(1).nextBytes(noise);
    try (BlockDevice device = pool.openDevice(FILLER)) {
      assertThrows(
          OutOfDataSpaceException.class,
          () -> {
            for (long offset = 0; offset < device.sizeBytes(); offset += noise.length) {
              device.write(offset, ByteBuffer.wrap(noise), false);
            }
          });
    }
  }

  private static void assertExhausted(Executable call) {
    StatusRuntimeException failure = assertThrows(StatusRuntimeException.class, call);
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, failure.getStatus().getCode(), failure::toString);
    String sentence = failure.getStatus().getDescription();
    assertFalse(sentence == null || sentence.isBlank(), failure::toString);
  }

  @Test
  void whatNeedsSpaceIsRefusedAndLeavesNothing() {
    client.prepare("a", "", NONE);
    client.commit("base", "a", NONE);
    fillThePool();
    assertExhausted(() -> client.prepare("b", "base", NONE));
    assertExhausted(() -> client.prepare("c", "", NONE));
    assertEquals(List.of("base"), client.names());
  }

  @Test
  void whatIsUnderWayIsFinishedAndRemoved() {
    client.prepare("a", "", NONE);
    client.prepare("b", "", NONE);
    fillThePool();
    client.commit("base", "a", NONE);
    assertEquals(Kind.COMMITTED, client.stat("base").getKind());
    client.remove("b");
    client.remove("base");
    assertEquals(List.of(), client.names());
  }

  @Test
  void aPoolThatIsGrownServesOn() {
    fillThePool();
    assertExhausted(() -> client.prepare("a", "", NONE));
    pool.growData(16 * MIB);
    client.prepare("a", "", NONE);
    client.commit("base", "a", NONE);
    client.prepare("b", "base", NONE);
    assertEquals("base", client.stat("b").getParent());
  }
}
