// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The log over devices that forget, as a pool does whose server is killed, what was not flushed:
 * after repeating they have all that was answered.
 */
class WriteLogTest {
  private static final int SMALL_BYTES = 64 << 10;
  private static final int DEVICES = 3;
  private static final int STEPS = 4000;
  private static final int DEVICE_BYTES = 32 << 10;
  private static final int PIECE_BYTES = 9000;
  private static final int KILLED_EVERY = 40;
  private static final int FLUSHED_EVERY = 30;
  private static final int SHARED_EVERY = 50;
  private static final int COMMITTED_EVERY = 15;

  private int memory;
  private WriteLog log;

  @BeforeEach
  void make() throws IOException {
    memory = KeepCalls.memory("veneer-test");
    log = WriteLog.create(memory, SMALL_BYTES);
  }

  @AfterEach
  void close() {
    KeepCalls.close(memory);
  }

  private static ByteBuffer filled(int bytes, int value) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
    while (buffer.hasRemaining()) {
      buffer.put((byte) value);
    }
    return buffer.flip();
  }

  /** What the next process does. */
  private void killAndRepeat(Map<Integer, ForgetfulDevice> devices) throws IOException {
    devices.values().forEach(ForgetfulDevice::forget);
    log = WriteLog.open(memory, Path.of("test"));
    log.repeat(devices::get, (id, failure) -> assertEquals(null, failure));
    log.covered(() -> devices.values().forEach(ForgetfulDevice::flush));
    log.covered(() -> fail("nothing is left to be covered"));
  }

  @Test
  void whatWasAnsweredSurvivesEveryKill() throws IOException {
    long seed = Long.getLong("veneer.seed", System.nanoTime());
    String repeat = "repeat with -Dveneer.seed=" + seed;
    Random random = new Random(seed);
    Map<Integer, ForgetfulDevice> devices = new HashMap<>();
    Map<Integer, byte[]> model = new HashMap<>();
    for (int id = 1; id <= DEVICES; id++) {
      devices.put(id, new ForgetfulDevice(DEVICE_BYTES));
      model.put(id, new byte[DEVICE_BYTES]);
    }
    Runnable commit = () -> devices.values().forEach(ForgetfulDevice::flush);
    for (int step = 0; step < STEPS; step++) {
      int id = 1 + random.nextInt(DEVICES);
      BlockDevice logged = log.logging(devices.get(id), id, commit);
      int offset = random.nextInt(DEVICE_BYTES - PIECE_BYTES);
      int bytes = 1 + random.nextInt(PIECE_BYTES);
      byte value = (byte) change(logged, random, offset, bytes, step);
      Arrays.fill(model.get(id), offset, offset + bytes, value);
      if (random.nextInt(FLUSHED_EVERY) == 0) {
        log.logging(devices.get(id), id, commit).flush();
      }
      if (random.nextInt(SHARED_EVERY) == 0) {
        devices.get(id).share();
      }
      if (random.nextInt(COMMITTED_EVERY) == 0) {
        commit.run(); // as the pool does by itself, of which the log does not hear
      }
      if (random.nextInt(KILLED_EVERY) == 0) {
        killAndRepeat(devices);
        for (int each = 1; each <= DEVICES; each++) {
          assertArrayEquals(model.get(each), devices.get(each).bytes(), repeat + " step=" + step);
        }
      }
    }
  }

  /** Does one of the changes that there are; the value that the range has then. */
  private static int change(BlockDevice device, Random random, int offset, int bytes, int step) {
    switch (random.nextInt(4)) {
      case 0 -> device.writeZeroes(offset, bytes, true, random.nextBoolean());
      case 1 -> device.discard(offset, bytes);
      default -> {
        device.write(offset, filled(bytes, step), random.nextBoolean());
        return step;
      }
    }
    return 0;
  }

  @Test
  void aFlushOfOneDeviceDropsNothingOfAnother() throws IOException {
    Map<Integer, ForgetfulDevice> devices =
        Map.of(1, new ForgetfulDevice(DEVICE_BYTES), 2, new ForgetfulDevice(DEVICE_BYTES));
    log.logging(devices.get(1), 1, () -> {}).write(0, filled(100, 1), false);
    BlockDevice second = log.logging(devices.get(2), 2, () -> {});
    second.write(0, filled(100, 2), false);
    second.flush();
    killAndRepeat(devices);
    assertEquals(1, devices.get(1).bytes()[0]);
    assertEquals(2, devices.get(2).bytes()[0]);
  }

  @Test
  void aWriteInPlaceIsNotLogged() throws IOException {
    ForgetfulDevice device = new ForgetfulDevice(DEVICE_BYTES);
    BlockDevice logged = log.logging(device, 1, () -> {});
    logged.write(0, filled(100, 1), false);
    logged.flush();
    logged.write(0, filled(100, 2), false);
    log.covered(() -> fail("something is logged"));
    killAndRepeat(Map.of(1, device));
    assertEquals(2, device.bytes()[0]);
  }

  /** What was flushed is in the ring still, as something older is that was not. */
  @Test
  void aWriteInPlaceIsNotWrittenOverByWhatIsStillInTheRing() throws IOException {
    ForgetfulDevice device = new ForgetfulDevice(DEVICE_BYTES);
    ForgetfulDevice other = new ForgetfulDevice(DEVICE_BYTES);
    log.logging(other, 2, () -> {}).write(0, filled(100, 9), false);
    BlockDevice logged = log.logging(device, 1, () -> {});
    logged.write(0, filled(100, 1), false);
    logged.flush();
    logged.write(0, filled(100, 2), false);
    killAndRepeat(Map.of(1, device, 2, other));
    assertEquals(2, device.bytes()[0]);
    assertEquals(9, other.bytes()[0]);
  }

  @Test
  void aFullLogAsksForACommit() {
    ForgetfulDevice device = new ForgetfulDevice(DEVICE_BYTES);
    List<String> commits = new ArrayList<>();
    BlockDevice logged = log.logging(device, 1, () -> commits.add("commit"));
    for (int i = 0; i < 20; i++) {
      logged.write(0, filled(PIECE_BYTES, i), false);
    }
    assertTrue(commits.size() >= 2, commits::toString);
  }

  @Test
  void aWriteThatCannotBeLoggedFails() {
    ForgetfulDevice device = new ForgetfulDevice(DEVICE_BYTES);
    Runnable noCommit =
        () -> {
          throw PoolException.badRequest("no commit");
        };
    BlockDevice logged = log.logging(device, 1, noCommit);
    assertThrows(
        PoolException.class,
        () -> {
          for (int i = 0; i < 20; i++) {
            logged.write(0, filled(PIECE_BYTES, i), false);
          }
        });
  }

  @Test
  void aFailedFlushDropsNothing() throws IOException {
    ForgetfulDevice device = new ForgetfulDevice(DEVICE_BYTES);
    BlockDevice logged = log.logging(device, 1, () -> {});
    logged.write(0, filled(100, 1), false);
    device.failFlushes(true);
    assertThrows(PoolException.class, logged::flush);
    device.failFlushes(false);
    killAndRepeat(Map.of(1, device));
    assertEquals(1, device.bytes()[0]);
  }

  @Test
  void whatFailsToBeRepeatedIsToldOnceAndLeftOut() throws IOException {
    ForgetfulDevice small = new ForgetfulDevice(DEVICE_BYTES);
    ForgetfulDevice other = new ForgetfulDevice(DEVICE_BYTES);
    log.logging(small, 1, () -> {}).write(0, filled(100, 1), false);
    log.logging(small, 1, () -> {}).write(100, filled(100, 1), false);
    log.logging(other, 2, () -> {}).write(0, filled(100, 2), false);
    small.forget();
    other.forget();
    small.failWrites(true);
    List<Integer> failed = new ArrayList<>();
    WriteLog.open(memory, Path.of("test"))
        .repeat(id -> id == 1 ? small : other, (id, failure) -> failed.add(id));
    assertEquals(List.of(1), failed);
    assertEquals(2, other.bytes()[0]);
  }

  @Test
  void aReadOnlyDeviceIsNotLogged() {
    ForgetfulDevice device = new ForgetfulDevice(DEVICE_BYTES).readOnly();
    assertEquals(device, log.logging(device, 1, () -> {}));
  }

  @Test
  void memoryOfSomethingElseIsRefused() throws IOException {
    int other = KeepCalls.memory("veneer-other");
    try (RandomAccessFile file = new RandomAccessFile("/proc/self/fd/" + other, "rw")) {
      file.setLength(SMALL_BYTES);
      assertThrows(IOException.class, () -> WriteLog.open(other, Path.of("test")));
    } finally {
      KeepCalls.close(other);
    }
  }
}
