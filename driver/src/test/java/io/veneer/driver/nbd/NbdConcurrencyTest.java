// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static io.veneer.driver.nbd.ServedPool.MIB;
import static io.veneer.driver.nbd.ServedPool.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that wait, clients that do not read, devices that fail: who else notices? */
@Timeout(60)
class NbdConcurrencyTest {
  private static final int READ = NbdProtocol.NBD_CMD_READ;
  private static final int FLUSH = NbdProtocol.NBD_CMD_FLUSH;
  private static final int FUA = NbdProtocol.NBD_CMD_FLAG_FUA;

  @TempDir Path folder;
  private final MemoryDevice device = new MemoryDevice(64 * MIB);
  private Path socket;
  private NbdServer server;

  @BeforeEach
  void serve() {
    serve(NbdOptions.builder());
  }

  private void serve(NbdOptions.Builder options) {
    socket = folder.resolve("s");
    server = NbdServer.start(device, options.socket(socket).build());
  }

  @AfterEach
  void close() {
    device.flushGate.countDown();
    server.close();
    assertEquals(0, device.opens.get());
  }

  private RawClient client(boolean structured) throws IOException {
    return RawClient.using(socket, "memory", structured);
  }

  private CountDownLatch holdFlushes() {
    CountDownLatch gate = new CountDownLatch(1);
    device.flushGate = gate;
    return gate;
  }

  @Test
  void readsOvertakeFlushes() throws Exception {
    CountDownLatch gate = holdFlushes();
    try (RawClient client = client(true)) {
      long flush = client.start(FLUSH, 0, 0, 0);
      long read = client.start(READ, 0, 0, 100);
      assertEquals(read, client.receiveChunk(0).cookie());
      client.start(NbdProtocol.NBD_CMD_WRITE, FUA, 0, 100);
      client.send(ByteBuffer.wrap(bytes(100, 1)));
      long large = client.start(READ, 0, 0, 2 * MIB);
      RawClient.Chunk chunk;
      do {
        chunk = client.receiveChunk(0);
        assertEquals(large, chunk.cookie());
      } while (!chunk.isDone());
      gate.countDown();
      assertEquals(0, client.receiveReply(0).error());
      assertEquals(0, client.receiveReply(0).error());
      assertTrue(flush < large);
      assertEquals(2, device.flushes.get());
    }
  }

  @Test
  void moreWaitingRequestsThanWorkersAreAllDone() throws Exception {
    server.close();
    serve(NbdOptions.builder().workers(3, 1 << 20));
    CountDownLatch gate = holdFlushes();
    try (RawClient client = client(true);
        RawClient other = client(false)) {
      for (int i = 0; i < 50; i++) {
        client.start(FLUSH, 0, 0, 0);
      }
      device.flushBegun.await();
      assertArrayEquals(new byte[100], other.read(0, 100));
      gate.countDown();
      for (int i = 0; i < 50; i++) {
        assertEquals(0, client.receiveReply(0).error());
      }
      assertEquals(50, device.flushes.get());
    }
  }

  @Test
  void withoutWorkerBuffersEverythingStillWorks() throws IOException {
    server.close();
    serve(NbdOptions.builder().workers(1, 0));
    try (RawClient client = client(true)) {
      byte[] data = bytes(5 * MIB + 7, 1);
      assertEquals(0, client.write(3, data, FUA));
      assertEquals(0, client.write(10 * MIB, bytes(100, 2), FUA));
      assertArrayEquals(data, client.read(3, data.length));
      assertArrayEquals(bytes(100, 2), client.read(10 * MIB, 100));
      assertEquals(0, client.call(NbdProtocol.NBD_CMD_CACHE, 0, 0, MIB).error());
    }
  }

  @Test
  void slowDevicesAreServedInParallel() throws IOException {
    device.delayNanos = 5_000_000;
    try (RawClient client = client(true)) {
      int count = 400;
      for (int i = 0; i < 20; i++) {
        client.read(i, 1); // by now the device is known to be slow
      }
      for (int i = 0; i < count; i++) {
        client.start(READ, 0, i, 1);
      }
      Set<Long> cookies = new HashSet<>();
      for (int i = 0; i < count; i++) {
        cookies.add(client.receiveChunk(0).cookie());
      }
      assertEquals(count, cookies.size());
      long atOnce = device.mostAtOnce.get();
      assertTrue(atOnce >= 4, "requests that were served at one time: " + atOnce);
    }
  }

  @Test
  void slowDevicesKeepTheBytesOfEachRequestApart() throws IOException {
    byte[] data = bytes(MIB, 5);
    try (RawClient client = client(true)) {
      client.write(0, data, 0);
      device.delayNanos = 300_000;
      for (int i = 0; i < 20; i++) {
        client.read(i, 1);
      }
      for (int i = 0; i < 64; i++) {
        client.start(NbdProtocol.NBD_CMD_WRITE, 0, MIB + i * 10_000, 10_000);
        client.send(ByteBuffer.wrap(data, i * 10_000, 10_000));
      }
      for (int i = 0; i < 64; i++) {
        assertEquals(0, client.receiveReply(0).error());
      }
      device.delayNanos = 0;
      assertArrayEquals(java.util.Arrays.copyOf(data, 640_000), client.read(MIB, 640_000));
    }
  }

  @Test
  void clientsThatDoNotReadHoldUpNobodyAndTakeLittleMemory() throws Exception {
    MemoryTaken memory = MemoryTaken.fromNow();
    List<RawClient> deaf = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        RawClient client = client(i % 2 == 0);
        deaf.add(client);
        sendUntilStuck(client);
      }
      try (RawClient honest = client(true)) {
        byte[] data = bytes(3 * MIB, 1);
        for (int i = 0; i < 20; i++) {
          assertEquals(0, honest.write(i, data, FUA));
          assertArrayEquals(data, honest.read(i, data.length));
        }
        memory.requireWithinLimits(server.connectionCount());
      }
    } finally {
      for (RawClient client : deaf) {
        client.close();
      }
    }
  }

  /** Requests far more than all buffers of the host can take. */
  private static void sendUntilStuck(RawClient client) throws IOException {
    client.channel().configureBlocking(false);
    int stuck = 0;
    for (int i = 0; i < 3000 && stuck < 20; i++) {
      ByteBuffer request =
          RawClient.request(i % 3 == 0 ? FLUSH : READ, 0, i, 0, i % 3 == 0 ? 0 : 200_000);
      if (client.channel().write(request) == 0) {
        stuck++;
        java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
      }
    }
    assertEquals(20, stuck);
  }

  @Test
  void failedReadsAreToldApartFromData() throws IOException {
    device.failingReads = offset -> offset >= MIB;
    try (RawClient client = client(true)) {
      assertEquals(NbdProtocol.NBD_EIO, client.call(READ, 0, MIB, 100).error());
      RawClient.Reply large = client.call(READ, 0, 0, 3 * MIB);
      assertEquals(NbdProtocol.NBD_EIO, large.error());
      assertEquals(8 + 3 * MIB, large.chunks().get(0).data().length);
      assertArrayEquals(new byte[100], client.read(0, 100));
    }
  }

  @Test
  void failedSimpleReadsEndTheConnectionOnlyOnceTheReplyHasBegun() throws IOException {
    device.failingReads = offset -> offset >= MIB;
    try (RawClient client = client(false)) {
      assertEquals(NbdProtocol.NBD_EIO, client.call(READ, 0, MIB, 100).error());
      assertEquals(NbdProtocol.NBD_EIO, client.call(READ, 0, MIB, 3 * MIB).error());
      client.start(READ, 0, 0, 3 * MIB);
      assertThrows(EOFException.class, () -> client.receiveReply(3 * MIB));
    }
  }

  @Test
  void writesThatMayWaitDoNotStopReads() throws Exception {
    device.writesMayWait = true;
    device.delayNanos = 2_000_000_000;
    try (RawClient client = client(true)) {
      client.start(NbdProtocol.NBD_CMD_WRITE, 0, 0, 100_000);
      client.send(ByteBuffer.wrap(bytes(100_000, 1)));
      device.awaitSlowRequest();
      device.delayNanos = 0;
      long read = client.start(READ, 0, MIB, 100);
      assertEquals(read, client.receiveChunk(0).cookie());
      assertEquals(0, client.receiveReply(0).error());
      assertArrayEquals(bytes(100_000, 1), client.read(0, 100_000));
    }
  }
}
