// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
  private static final int OTHERS_EVERY = 20;

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

  private static void requireEmpty(WriteLog log) {
    CountedCommits commits = CountedCommits.of();
    log.covered(commits);
    assertEquals(0, commits.count(), "something is logged");
  }

  /** What the next process does. */
  private void killAndRepeat(Map<Integer, ForgetfulDevice> devices, CountedCommits commits)
      throws IOException {
    devices.values().forEach(ForgetfulDevice::forget);
    log = WriteLog.open(memory, Path.of("test"));
    log.dropCommitted(commits.last());
    log.repeat(devices::get, (id, failure) -> assertEquals(null, failure));
    log.covered(commits);
    requireEmpty(log);
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
    CountedCommits commits = new CountedCommits(devices.values()).ofAll();
    for (int step = 0; step < STEPS; step++) {
      int id = 1 + random.nextInt(DEVICES);
      BlockDevice logged = log.logging(devices.get(id), id, commits);
      int offset = random.nextInt(DEVICE_BYTES - PIECE_BYTES);
      int bytes = 1 + random.nextInt(PIECE_BYTES);
      byte value = (byte) change(logged, random, offset, bytes, step);
      Arrays.fill(model.get(id), offset, offset + bytes, value);
      if (random.nextInt(FLUSHED_EVERY) == 0) {
        log.logging(devices.get(id), id, commits).flush();
      }
      if (random.nextInt(SHARED_EVERY) == 0) {
        devices.get(id).share();
      }
      if (random.nextInt(COMMITTED_EVERY) == 0) {
        commits.commit(); // as the pool does by itself, of which the log does not hear
      }
      if (random.nextInt(OTHERS_EVERY) == 0) {
        value = (byte) change(devices.get(id), random, offset, bytes, step); // not by this way
        Arrays.fill(model.get(id), offset, offset + bytes, value);
        devices.get(id).flush();
      }
      if (random.nextInt(KILLED_EVERY) == 0) {
        killAndRepeat(devices, commits);
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
    ForgetfulDevice one = new ForgetfulDevice(DEVICE_BYTES);
    ForgetfulDevice two = new ForgetfulDevice(DEVICE_BYTES);
    CountedCommits commits = CountedCommits.of(one, two);
    log.logging(one, 1, commits).write(0, filled(100, 1), false);
    BlockDevice second = log.logging(two, 2, commits);
    second.write(0, filled(100, 2), false);
    second.flush();
    killAndRepeat(Map.of(1, one, 2, two), commits);
    assertEquals(1, one.bytes()[0]);
    assertEquals(2, two.bytes()[0]);
  }

  @Test
  void aWriteInPlaceIsNotLogged() throws IOException {
    ForgetfulDevice device = new ForgetfulDevice(DEVICE_BYTES);
    CountedCommits commits = CountedCommits.of(device);
    BlockDevice logged = log.logging(device, 1, commits);
    logged.write(0, filled(100, 1), false);
    logged.flush();
    logged.write(0, filled(100, 2), false);
    requireEmpty(log);
    killAndRepeat(Map.of(1, device), commits);
    assertEquals(2, device.bytes()[0]);
  }

  /** What was flushed is in the ring still, as something older is that was not. */
  @Test
  void aWriteInPlaceIsNotWrittenOverByWhatIsStillInTheRing() throws IOException {
    ForgetfulDevice device = new ForgetfulDevice(DEVICE_BYTES);
    ForgetfulDevice other = new ForgetfulDevice(DEVICE_BYTES);
    CountedCommits commits = CountedCommits.of(device, other);
    log.logging(other, 2, commits).write(0, filled(100, 9), false);
    BlockDevice logged = log.logging(device, 1, commits);
    logged.write(0, filled(100, 1), false);
    logged.flush();
    logged.write(0, filled(100, 2), false);
    killAndRepeat(Map.of(1, device, 2, other), commits);
    assertEquals(2, device.bytes()[0]);
    assertEquals(9, other.bytes()[0]);
  }

  /** As an NBD client does, or a command. */
  @Test
  void whatSomebodyElseWroteAndFlushedIsNotWrittenOver() throws IOException {
    ForgetfulDevice device = new ForgetfulDevice(DEVICE_BYTES);
    CountedCommits commits = CountedCommits.of(device);
    BlockDevice logged = log.logging(device, 1, commits);
    logged.write(0, filled(100, 1), false);
    logged.write(4096, filled(100, 1), false);
    device.write(0, filled(100, 2), false);
    commits.commit();
    logged.write(8192, filled(100, 3), false);
    killAndRepeat(Map.of(1, device), commits);
    assertEquals(List.of(2, 1, 3), firstOfBlocks(device));
  }

  private static List<Integer> firstOfBlocks(ForgetfulDevice device) {
    byte[] bytes = device.bytes();
    return List.of((int) bytes[0], (int) bytes[4096], (int) bytes[8192]);
  }

  /** In place, so that its flush takes no commit; and so did the attached path a moment before. */
  @Test
  void whatSomebodyElseWroteInPlaceIsNotWrittenOver() throws IOException {
    ForgetfulDevice device = new ForgetfulDevice(DEVICE_BYTES);
    CountedCommits commits = CountedCommits.of(device);
    BlockDevice logged = log.logging(device, 1, commits);
    logged.write(0, filled(100, 1), false);
    logged.write(4096, filled(100, 1), false);
    commits.commit();
    logged.write(4096, filled(100, 2), false);
    device.write(4096, filled(100, 3), true);
    logged.write(0, filled(100, 4), false);
    killAndRepeat(Map.of(1, device), commits);
    assertEquals(List.of(4, 3, 0), firstOfBlocks(device));
  }

  /** There may be none any more, and it may have been discarded since. */
  @Test
  void whatIsCommittedTakesNoRoomAgain() throws IOException {
    ForgetfulDevice device = new ForgetfulDevice(DEVICE_BYTES);
    CountedCommits commits = CountedCommits.of(device);
    log.logging(device, 1, commits).write(0, filled(100, 1), false);
    commits.commit();
    device.failWrites(true);
    killAndRepeat(Map.of(1, device), commits);
    assertEquals(1, device.bytes()[0]);
  }

  @Test
  void whatWasBegunToBeRepeatedIsRepeatedWhateverWasCommittedMeanwhile() throws IOException {
    ForgetfulDevice device = new ForgetfulDevice(DEVICE_BYTES);
    CountedCommits commits = CountedCommits.of(device);
    log.logging(device, 1, commits).write(0, filled(100, 1), false);
    device.forget();
    WriteLog.open(memory, Path.of("test")).dropCommitted(commits.last());
    commits.commit(); // something else; this server is killed before it repeats anything
    killAndRepeat(Map.of(1, device), commits);
    assertEquals(1, device.bytes()[0]);
    log.logging(device, 1, commits).write(4096, filled(100, 2), false);
    device.write(4096, filled(100, 3), true);
    commits.commit();
    killAndRepeat(Map.of(1, device), commits);
    assertEquals(3, device.bytes()[4096], "numbers count again after that");
  }

  /** What a failed commit left may have its number. */
  @Test
  void afterAFailedCommitItsNumberDropsNothing() throws IOException {
    ForgetfulDevice device = new ForgetfulDevice(DEVICE_BYTES);
    CountedCommits commits = CountedCommits.of(device);
    log.logging(device, 1, commits).write(0, filled(100, 1), false);
    assertThrows(PoolException.class, () -> log.covered(commits.fail(true)));
    device.forget();
    log = WriteLog.open(memory, Path.of("test"));
    log.dropCommitted(commits.next());
    log.repeat(id -> device, (id, failure) -> assertEquals(null, failure));
    assertEquals(1, device.bytes()[0]);
  }

  @Test
  void aFullLogAsksForACommit() {
    ForgetfulDevice device = new ForgetfulDevice(DEVICE_BYTES);
    CountedCommits commits = CountedCommits.of();
    BlockDevice logged = log.logging(device, 1, commits);
    for (int i = 0; i < 20; i++) {
      logged.write(0, filled(PIECE_BYTES, i), false);
    }
    assertTrue(commits.count() >= 2, () -> "commits: " + commits.count());
  }

  @Test
  void aWriteThatCannotBeLoggedFails() {
    ForgetfulDevice device = new ForgetfulDevice(DEVICE_BYTES);
    BlockDevice logged = log.logging(device, 1, CountedCommits.of().fail(true));
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
    CountedCommits commits = CountedCommits.of(device);
    BlockDevice logged = log.logging(device, 1, commits);
    logged.write(0, filled(100, 1), false);
    device.failFlushes(true);
    assertThrows(PoolException.class, logged::flush);
    device.failFlushes(false);
    killAndRepeat(Map.of(1, device), commits);
    assertEquals(1, device.bytes()[0]);
  }

  @Test
  void whatFailsToBeRepeatedIsToldOnceAndLeftOut() throws IOException {
    ForgetfulDevice small = new ForgetfulDevice(DEVICE_BYTES);
    ForgetfulDevice other = new ForgetfulDevice(DEVICE_BYTES);
    CountedCommits commits = CountedCommits.of(small, other);
    log.logging(small, 1, commits).write(0, filled(100, 1), false);
    log.logging(small, 1, commits).write(100, filled(100, 1), false);
    log.logging(other, 2, commits).write(0, filled(100, 2), false);
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
    assertEquals(device, log.logging(device, 1, CountedCommits.of(device)));
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
