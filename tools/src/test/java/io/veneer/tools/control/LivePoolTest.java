// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.veneer.driver.DriverException;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceExistsException;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.ExtentKind;
import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolPolicy;
import io.veneer.thinpool.QuotaExceededException;
import io.veneer.thinpool.ReadOnlyException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pool behind its control socket is the same pool. */
@Timeout(60)
class LivePoolTest {
  private static final long MIB = ControlFixture.MIB;

  @TempDir private Path folder;
  private ControlFixture fixture;
  private LivePool live;

  @BeforeEach
  void serve() {
    fixture = new ControlFixture(folder);
    live = new LivePool(fixture.client());
  }

  @AfterEach
  void stop() {
    live.close();
    fixture.close();
  }

  @Test
  void tellsWhatThePoolTells() {
    live.apply(
        operations -> {
          operations.createDevice("a", 3 * MIB);
          operations.setAttributes("a", Map.of("owner", "shop", "odd \"\n\u00e9", ""));
          operations.createSnapshot("b", "a");
          operations.setQuota("b", MIB);
          operations.sealDevice("a");
          operations.setTransactionId(0, 7);
        });
    assertEquals(fixture.pool.devices(), live.devices());
    assertEquals(fixture.pool.device("a"), live.device("a"));
    assertEquals(fixture.pool.usage("b"), live.usage("b"));
    assertEquals(fixture.pool.status().transactionId(), live.status().transactionId());
  }

  @Test
  void listsMoreDevicesThanOneFrameHolds() {
    String value = "x".repeat(60_000);
    live.apply(
        operations -> {
          for (int i = 0; i < 20; i++) {
            operations.createDevice("device" + i, MIB);
          }
        });
    for (int i = 0; i < 20; i++) {
      String name = "device" + i;
      live.apply(operations -> operations.setAttributes(name, Map.of("value", value)));
    }
    assertEquals(fixture.pool.devices(), live.devices());
  }

  @Test
  void aBatchIsDoneWhollyOrNotAtAll() {
    live.apply(operations -> operations.createDevice("a", MIB));
    assertThrows(
        DeviceExistsException.class,
        () ->
            live.apply(
                operations -> {
                  operations.createDevice("b", MIB);
                  operations.removeDevice("b");
                  operations.renameDevice("a", "c");
                  operations.createDevice("c", MIB);
                }));
    assertEquals(List.of("a"), live.devices().stream().map(DeviceInfo::name).toList());
  }

  @Test
  void failuresKeepTheirTypesAndMessages() {
    sameFailure(
        NoSuchDeviceException.class, () -> fixture.pool.device("x"), () -> live.device("x"));
    sameFailure(PoolException.class, () -> fixture.pool.growData(5), () -> live.growData(5));
    sameFailure(
        PoolException.class, () -> fixture.pool.grow(1L << 40, 5), () -> live.grow(1L << 40, 5));
    PoolPolicy wrong = new PoolPolicy(1, 0, NoSpacePolicy.ERROR, 0, true);
    sameFailure(
        PoolException.class, () -> fixture.pool.setPolicy(wrong), () -> live.setPolicy(wrong));
    sameFailure(
        PoolException.class,
        () -> fixture.pool.createDevice("x", -1),
        () -> live.apply(operations -> operations.createDevice("x", -1)));
  }

  private static void sameFailure(
      Class<? extends PoolException> type, Runnable local, Runnable remote) {
    PoolException expected = assertThrows(type, local::run);
    PoolException found = assertThrows(type, remote::run);
    assertEquals(expected.getClass(), found.getClass());
    assertEquals(expected.getMessage(), found.getMessage());
    assertEquals(expected.severity(), found.severity());
  }

  @Test
  void driversFailuresCrossToo() {
    fixture.requests.add(
        "attach",
        arguments -> {
          throw new DriverException(
              DriverException.Kind.FAILED_PRECONDITION, "not root: name=" + arguments.text("name"));
        });
    JsonObject arguments = new JsonObject();
    arguments.addProperty("name", "a");
    try (ControlClient client = fixture.client()) {
      DriverException failure =
          assertThrows(DriverException.class, () -> client.call("attach", arguments));
      assertEquals(DriverException.Kind.FAILED_PRECONDITION, failure.kind());
      assertEquals("not root: name=a", failure.getMessage());
    }
  }

  @Test
  void largeRequestsGoThroughInPieces() {
    live.apply(operations -> operations.createDevice("a", 64 * MIB));
    byte[] bytes = new byte[(int) (20 * MIB + 333)];
    new Random(1).nextBytes(bytes);
    try (BlockDevice device = live.openDevice("a")) {
      device.write(777, ByteBuffer.wrap(bytes), true);
      ByteBuffer back = ByteBuffer.allocateDirect(bytes.length);
      device.read(777, back);
      assertEquals(ByteBuffer.wrap(bytes), back.flip());
      device.read(5, ByteBuffer.allocate(0));
      device.write(5, ByteBuffer.allocate(0), false);
    }
  }

  @Test
  void aFailedPieceFailsTheWriteAndTheConnectionGoesOn() {
    live.apply(
        operations -> {
          operations.createDevice("a", 64 * MIB);
          operations.setQuota("a", MIB);
        });
    byte[] bytes = new byte[(int) (16 * MIB)];
    new Random(1).nextBytes(bytes);
    try (BlockDevice device = live.openDevice("a")) {
      assertThrows(
          QuotaExceededException.class, () -> device.write(0, ByteBuffer.wrap(bytes), false));
      assertEquals(64 * MIB, device.sizeBytes());
      device.flush();
    }
  }

  @Test
  void extentsAreThoseOfTheDevice() {
    live.apply(operations -> operations.createDevice("a", 4096 * MIB));
    try (BlockDevice device = fixture.pool.openDevice("a")) {
      for (long at = 0; at < 3000; at++) {
        device.write(at * 2 * 65536, ByteBuffer.wrap(new byte[] {1}), false);
      }
      device.writeZeroes(3000L * 2 * 65536, MIB, true, false);
    }
    List<String> expected = new ArrayList<>();
    List<String> found = new ArrayList<>();
    try (BlockDevice local = fixture.pool.openDeviceReadOnly("a");
        BlockDevice device = live.openDeviceReadOnly("a")) {
      local.extents(
          3, 4096 * MIB - 5, (at, length, kind) -> expected.add(at + "+" + length + kind));
      device.extents(3, 4096 * MIB - 5, (at, length, kind) -> found.add(at + "+" + length + kind));
      assertEquals(expected, found);
      int[] count = {0};
      device.extents(0, 4096 * MIB, (at, length, kind) -> ++count[0] < 5);
      assertEquals(5, count[0]);
      assertThrows(
          PoolException.class, () -> device.extents(0, 4096 * MIB + 1, (a, l, kind) -> true));
    }
    assertTrue(found.stream().anyMatch(extent -> extent.endsWith(ExtentKind.HOLE.name())));
  }

  @Test
  void readOnlyDevicesTakeNoWrites() {
    live.apply(operations -> operations.createDevice("a", MIB));
    try (BlockDevice device = live.openDeviceReadOnly("a")) {
      assertTrue(device.isReadOnly());
      assertThrows(ReadOnlyException.class, () -> device.write(0, ByteBuffer.allocate(1), false));
      assertThrows(ReadOnlyException.class, () -> device.discard(0, MIB));
      assertThrows(ReadOnlyException.class, () -> device.writeZeroes(0, MIB, false, false));
    }
  }

  @Test
  void zeroesAndDiscards() {
    live.apply(operations -> operations.createDevice("a", 2 * MIB));
    try (BlockDevice device = live.openDevice("a")) {
      byte[] bytes = new byte[(int) MIB];
      new Random(1).nextBytes(bytes);
      device.write(0, ByteBuffer.wrap(bytes), false);
      device.discard(0, MIB / 2);
      device.writeZeroes(MIB / 2, MIB / 4, true, true);
      ByteBuffer back = ByteBuffer.allocate((int) MIB);
      device.read(0, back);
      assertEquals(
          -1, back.slice(0, (int) MIB * 3 / 4).mismatch(ByteBuffer.allocate((int) MIB * 3 / 4)));
      assertEquals(
          ByteBuffer.wrap(bytes, (int) MIB * 3 / 4, (int) MIB / 4),
          back.position((int) MIB * 3 / 4));
    }
    assertEquals(MIB / 4, live.device("a").mappedBytes());
  }

  @Test
  void devicesOfAClientThatVanishesAreClosed() {
    live.apply(operations -> operations.createDevice("a", MIB));
    try (ControlClient client = fixture.client()) {
      LiveDevice.open(client, "a", false);
      assertEquals(1, live.device("a").open());
    }
    while (live.device("a").open() > 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aClaimIsHeldUntilItsClientGoes() {
    LivePool other = new LivePool(fixture.client());
    live.claim("an import of a", 0);
    live.claim("an import of a", 0);
    PoolException refused =
        assertThrows(PoolException.class, () -> other.claim("an import of a", 10));
    assertEquals(
        "an import of a is under way already; wait for it to end, and try again",
        refused.getMessage());
    other.claim("an import of b", 0);
    live.close();
    other.claim("an import of a", 60_000);
    other.close();
  }

  @Test
  void manyClientsAtOnce() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(16);
    try {
      List<Future<?>> results = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        String name = "device" + i;
        results.add(clients.submit(() -> createWriteAndSnapshot(name)));
      }
      for (Future<?> result : results) {
        result.get();
      }
    } finally {
      clients.shutdownNow();
    }
    assertEquals(128, live.devices().size());
  }

  private void createWriteAndSnapshot(String name) {
    try (LivePool pool = new LivePool(fixture.client())) {
      pool.apply(operations -> operations.createDevice(name, MIB));
      try (BlockDevice device = pool.openDevice(name)) {
        device.write(0, ByteBuffer.wrap(new byte[4096]).put(0, (byte) 1), false);
        device.flush();
      }
      pool.apply(operations -> operations.createSnapshot(name + "s", name));
      assertEquals(65536, pool.device(name + "s").mappedBytes());
    }
  }

  @Test
  void anUnknownRequestIsRefusedWithWhatToDo() {
    try (ControlClient client = fixture.client()) {
      PoolException refused =
          assertThrows(PoolException.class, () -> client.call("dance", new JsonObject()));
      assertTrue(refused.getMessage().contains("use the veneer that serves the pool"));
    }
  }

  @Test
  void aServerThatEndsIsSaidSo() {
    fixture.server.close();
    assertFalse(Files.exists(fixture.folder.resolve("control")));
    assertThrows(ServerEndingException.class, () -> live.status());
    assertTrue(ControlClient.find(fixture.folder).isEmpty());
  }
}
