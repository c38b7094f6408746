// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static io.veneer.driver.nbd.ServedPool.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.meter.Meters;
import io.veneer.thinpool.PoolOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that break every rule, while an honest one must be served as if they were not there. What
 * they sent counts when the server took it for a message and answered it. The seed is printed;
 * {@code -Dveneer.seed=N} repeats it.
 */
@Timeout(300)
class NbdHostileClientTest {
  private static final int MESSAGES = 100_000;
  private static final int SENDERS = 4;
  private static final int STUCK = 300;

  @TempDir Path folder;
  private final Meters meters = new Meters();
  private final AtomicLong answeredOptions = new AtomicLong();
  private final long seed = Long.getLong("veneer.seed", System.nanoTime());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private ServedPool served;
  private HonestWork honest;

  @BeforeEach
  void serve() throws IOException {
    System.out.println("NbdHostileClientTest: -Dveneer.seed=" + seed);
    served = new ServedPool(folder, PoolOptions.ofSize(1024L * MIB));
    served.pool.createDevice("honest", 8L * MIB);
    served.pool.createDevice("victim", MIB);
    served.serve(
        new PoolExports(served.pool, null), NbdOptions.builder().meter(meters.ofDevices("nbd")));
    honest = new HonestWork(served.client("honest"), seed);
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    served.close();
  }

  private void requireQuiet() throws Exception {
    honest.end();
    assertTrue(honest.requestCount() > 20, "requests=" + honest.requestCount());
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (served.server().connectionCount() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    assertEquals(0, served.server().connectionCount());
    Workers workers = served.server().workers();
    assertEquals(0, workers.small().usedCount() + workers.large().usedCount());
    assertEquals(0, served.pool.device("victim").open());
  }

  /** Those of hostile clients that were answered, if only with an error. */
  private long hostileMessages() {
    long requests =
        new String(meters.text(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.startsWith("veneer_device_requests_total{"))
            .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
            .sum();
    return requests - honest.requestCount() + answeredOptions.get();
  }

  @Test
  void survivesRandomMessages() throws Exception {
    honest.awaitMore(1);
    MemoryTaken memory = MemoryTaken.fromNow();
    List<Future<?>> hostile = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      Random random = new Random(seed + i);
      hostile.add(threads.submit(() -> sendRandomMessages(random)));
    }
    for (Future<?> one : hostile) {
      one.get();
    }
    requireQuiet();
    memory.requireWithinLimits(SENDERS + 1);
  }

  private Void sendRandomMessages(Random random) throws Exception {
    HostileMessages messages = new HostileMessages(random);
    while (hostileMessages() < MESSAGES) {
      sendBatch(messages, random.nextInt(10));
    }
    return null;
  }

  /** One connection, some messages, the end of output, and then all that comes back. */
  private void sendBatch(HostileMessages messages, int kind) throws Exception {
    messages.clear();
    while (messages.goesOn()) {
      if (kind == 0) {
        messages.garbage();
      } else if (kind < 4) {
        messages.option();
      } else {
        messages.request();
      }
    }
    try (RawClient client = connect(kind)) {
      Future<Boolean> drained = threads.submit(() -> drain(client, kind > 0 && kind < 4));
      try {
        client.send(messages.flip());
        client.channel().shutdownOutput();
      } catch (IOException e) {
        // thrown out before the end, as it should be
      }
      assertTrue(drained.get());
    }
  }

  private boolean drain(RawClient client, boolean options) {
    try {
      while (options) {
        int type = client.receiveOptionReply().type();
        if (type == NbdProtocol.NBD_REP_ACK || type < 0) {
          answeredOptions.incrementAndGet();
        }
      }
    } catch (IOException e) {
      // the end, or the next phase
    }
    return client.isClosedByServer();
  }

  private RawClient connect(int kind) throws IOException {
    if (kind >= 4) {
      return RawClient.using(served.socket, "victim", kind % 2 == 0);
    }
    RawClient client = RawClient.connect(served.socket);
    if (kind > 0) {
      client.greet(3);
    }
    return client;
  }

  @Test
  void survivesManyClientsThatStopInTheMiddle() throws Exception {
    Random random = new Random(seed);
    List<RawClient> stuck = new ArrayList<>();
    honest.awaitMore(1);
    MemoryTaken memory = MemoryTaken.fromNow();
    for (int i = 0; i < STUCK; i++) {
      RawClient client = connect(random.nextInt(10));
      stuck.add(client);
      stopInTheMiddle(client.channel(), random);
    }
    honest.awaitMore(20);
    int connections = served.server().connectionCount();
    assertTrue(connections > STUCK / 3, "connections=" + connections);
    memory.requireWithinLimits(connections);
    for (int i = 0; i < stuck.size(); i++) {
      if (i % 2 == 0) {
        stuck.get(i).channel().shutdownInput();
      }
      stuck.get(i).close();
    }
    requireQuiet();
  }

  /** Half a message, or requests without end whose replies nobody takes. */
  private static void stopInTheMiddle(SocketChannel channel, Random random) throws IOException {
    ByteBuffer write = RawClient.request(1, random.nextInt(2), 1, 0, 1 << 20);
    ByteBuffer read = RawClient.request(0, 0, 1, 0, 1 << 20);
    channel.configureBlocking(false);
    try {
      if (random.nextBoolean()) {
        channel.write(write.limit(random.nextInt(28)));
      } else if (random.nextBoolean()) {
        channel.write(write);
        channel.write(ByteBuffer.allocate(random.nextInt(100_000)));
      } else {
        for (int i = 0; i < 50; i++) {
          channel.write(read.rewind());
        }
      }
    } catch (IOException e) {
      // thrown out already
    }
  }
}
