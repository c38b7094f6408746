// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static io.veneer.driver.nbd.ServedPool.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolOptions;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that break every rule, while an honest one must be served as if they were not there. The
 * seed is printed; {@code -Dveneer.seed=N} repeats it.
 */
@Timeout(300)
class NbdHostileClientTest {
  private static final int MESSAGES = 100_000;
  private static final int BATCH = 40;
  private static final long DIRECT_BYTES_MAX = 400L * MIB;

  @TempDir Path folder;
  private ServedPool served;
  private final long seed = Long.getLong("veneer.seed", System.nanoTime());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile boolean done;

  @BeforeEach
  void serve() {
    System.out.println("NbdHostileClientTest: -Dveneer.seed=" + seed);
    served = new ServedPool(folder, PoolOptions.ofSize(1024L * MIB));
    served.pool.createDevice("honest", 8L * MIB);
    served.pool.createDevice("victim", MIB);
    served.serve();
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    served.close();
  }

  private Future<Long> honestWork() {
    return threads.submit(
        () -> {
          try (HonestClient honest = new HonestClient(served.client("honest"), new Random(seed))) {
            while (!done) {
              honest.step();
            }
            honest.verifyAll();
            return honest.requestCount();
          }
        });
  }

  private void requireQuiet(Future<Long> honest) throws Exception {
    done = true;
    assertTrue(honest.get() > 20, "requests=" + honest.get());
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (served.server().connectionCount() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    assertEquals(0, served.server().connectionCount());
    Workers workers = served.server().workers();
    assertEquals(0, workers.small().usedCount() + workers.large().usedCount());
    assertEquals(0, served.pool.device("victim").open());
    long direct = directBytes();
    assertTrue(direct < DIRECT_BYTES_MAX, "directBytes=" + direct);
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  @Test
  void survivesRandomMessages() throws Exception {
    Future<Long> honest = honestWork();
    List<Future<?>> hostile = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Random random = new Random(seed + i);
      hostile.add(threads.submit(() -> sendRandomMessages(random, MESSAGES / 4)));
    }
    for (Future<?> one : hostile) {
      one.get();
    }
    requireQuiet(honest);
  }

  private Void sendRandomMessages(Random random, int count) throws IOException {
    HostileMessages messages = new HostileMessages(random);
    for (int sent = 0; sent < count; ) {
      sent += sendBatch(messages, random.nextInt(10));
    }
    return null;
  }

  /** One connection, some messages, the end of output, and then all that comes back. */
  private int sendBatch(HostileMessages messages, int kind) throws IOException {
    messages.clear();
    int count = 0;
    while (count < BATCH && messages.hasRoom()) {
      count++;
      if (kind == 0) {
        messages.garbage();
      } else if (kind < 4) {
        messages.option();
      } else {
        messages.request();
      }
    }
    try (RawClient client = connect(kind)) {
      Future<Boolean> drained = threads.submit(client::isClosedByServer);
      try {
        client.send(messages.flip());
        client.channel().shutdownOutput();
      } catch (IOException e) {
        // thrown out before the end, as it should be
      }
      assertTrue(drained.get());
    } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
      throw new IOException(e);
    }
    return count;
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
    Future<Long> honest = honestWork();
    Random random = new Random(seed);
    List<RawClient> stuck = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      RawClient client = connect(random.nextInt(10));
      stuck.add(client);
      stopInTheMiddle(client.channel(), random);
    }
    assertTrue(served.server().connectionCount() > 100);
    for (int i = 0; i < stuck.size(); i++) {
      if (i % 2 == 0) {
        stuck.get(i).channel().shutdownInput();
      }
      stuck.get(i).close();
    }
    requireQuiet(honest);
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
