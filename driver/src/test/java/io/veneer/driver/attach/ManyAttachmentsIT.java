// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static io.veneer.driver.attach.AttachedPool.MIB;
import static io.veneer.driver.attach.AttachedPool.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Attaching and detaching from many threads at once. Times are printed and not asserted. */
@Timeout(300)
class ManyAttachmentsIT extends AttachedPoolCases {
  private static final int THREADS = 32;
  private static final int ROUNDS = 6;
  private static final int SHARED = 4;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  private <T> List<T> atOnce(int count, Work<T> work) throws Exception {
    List<Future<T>> begun = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      Callable<T> task = () -> work.of(number);
      begun.add(threads.submit(task));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> each : begun) {
      results.add(each.get());
    }
    return results;
  }

  private interface Work<T> {
    T of(int number) throws Exception;
  }

  private void requireNothingLeft() throws IOException {
    assertEquals(List.of(), attached.attachments.list());
    assertEquals(List.of(), AttachedPool.remains(folder.toRealPath()));
    try (Stream<Path> records = Files.list(attached.runFolder().resolve("attach"))) {
      assertEquals(List.of(), records.toList());
    }
    attached.pool.devices().forEach(device -> assertEquals(0, device.open(), device::name));
  }

  @Test
  void differentDevicesComeAndGoAtOnce() throws Exception {
    for (int i = 0; i < THREADS; i++) {
      attached.pool.createDevice("own" + i, 16 * MIB);
    }
    atOnce(THREADS, this::comeAndGo);
    requireNothingLeft();
  }

  /** Each time the block device is this device and no other. */
  private Void comeAndGo(int number) throws Exception {
    String device = "own" + number;
    for (int round = 0; round < ROUNDS; round++) {
      Path path = attached.attach(device);
      byte[] content = bytes(4096, number * ROUNDS + round);
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(content), 0);
      }
      attached.attachments.detach(device);
      assertArrayEquals(content, attached.read(device, 0, content.length));
    }
    return null;
  }

  @Test
  void allWhoAttachOneDeviceGetTheSamePath() throws Exception {
    attached.pool.createDevice("disk", 16 * MIB);
    for (int round = 0; round < ROUNDS; round++) {
      List<Path> paths = atOnce(THREADS, i -> attached.attach("disk"));
      assertEquals(1, new HashSet<>(paths).size(), paths::toString);
      assertEquals(1, attached.attachments.list().size());
      List<Boolean> detached = atOnce(THREADS, i -> tryDetach("disk"));
      assertEquals(1, detached.stream().filter(each -> each).count());
      requireNothingLeft();
    }
  }

  private boolean tryDetach(String device) {
    try {
      attached.attachments.detach(device);
      return true;
    } catch (PoolException e) {
      assertEquals("device is not attached: device=" + device, e.getMessage());
      return false;
    }
  }

  @Test
  void anythingAtOnceLeavesNothing() throws Exception {
    long seed = Long.getLong("veneer.seed", System.nanoTime());
    System.out.println("repeat with -Dveneer.seed=" + seed);
    for (int i = 0; i < SHARED; i++) {
      attached.pool.createDevice("shared" + i, 16 * MIB);
    }
    atOnce(THREADS, number -> anything(new Random(seed + number)));
    IntStream.range(0, SHARED).forEach(i -> tryDetach("shared" + i));
    requireNothingLeft();
  }

  private Void anything(Random random) {
    for (int i = 0; i < 2 * ROUNDS; i++) {
      String device = "shared" + random.nextInt(SHARED);
      switch (random.nextInt(4)) {
        case 0 -> tryDetach(device);
        case 1 -> attached.attachments.release(device);
        case 2 -> attached.attachments.refresh();
        default -> assertTrue(attached.attach(device).toString().startsWith("/dev/loop"));
      }
    }
    return null;
  }

  @Test
  void closingWaitsForWhatIsUnderWay() throws Exception {
    for (int i = 0; i < THREADS; i++) {
      attached.pool.createDevice("disk" + i, 16 * MIB);
    }
    Future<?> closing = threads.submit(attached.attachments::close);
    atOnce(THREADS, i -> attachOrBeRefused("disk" + i));
    closing.get();
    requireNothingLeft();
  }

  private Void attachOrBeRefused(String device) {
    try {
      attached.attach(device);
    } catch (PoolException e) {
      assertEquals("attachments are closed, the server is going down", e.getMessage());
    }
    return null;
  }

  @Test
  void aHundredAtOnce() throws Exception {
    for (int i = 0; i < 100; i++) {
      attached.pool.createDevice("disk" + i, 16 * MIB);
    }
    for (int round = 0; round < 3; round++) {
      long start = System.nanoTime();
      atOnce(100, i -> attached.attach("disk" + i));
      long between = System.nanoTime();
      atOnce(100, i -> tryDetach("disk" + i));
      long end = System.nanoTime();
      System.out.println(
          "100 attached at once: "
              + (between - start) / 1_000_000
              + " ms, detached: "
              + (end - between) / 1_000_000
              + " ms");
      requireNothingLeft();
    }
  }
}
