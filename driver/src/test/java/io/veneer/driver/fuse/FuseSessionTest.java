// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import static io.veneer.driver.fuse.PretendedKernel.body;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.fuse.PretendedKernel.Reply;
import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolIoException;
import io.veneer.thinpool.QuotaExceededException;
import io.veneer.thinpool.ReadOnlyException;
import io.veneer.thinpool.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a session answers, also to what no kernel sends. */
@Timeout(120)
class FuseSessionTest {
  private static final int SIZE = 1 << 20;

  private final GatedDevice device = new GatedDevice(SIZE);
  private PretendedKernel kernel = PretendedKernel.started(device, FuseOptions.of(false));

  @AfterEach
  void close() {
    device.gate.countDown();
    kernel.close();
  }

  private void reopen(FuseOptions options) {
    kernel.close();
    kernel = PretendedKernel.started(device, options);
  }

  private static byte[] bytes(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void tellsTheKernelHowToAsk() {
    Reply reply =
        kernel.ask(
            FuseProtocol.INIT,
            body(64).putInt(7).putInt(40).putInt(131072).putInt(~0).position(64));
    assertEquals(0, reply.errno());
    assertEquals(64, reply.body().remaining());
    assertEquals(7, reply.body().getInt());
    assertEquals(36, reply.body().getInt());
    assertEquals(131072, reply.body().getInt());
    int flags = reply.body().getInt();
    assertEquals(
        1 << 22 | 1 << 15 | 1 << 5 | 1 << 3 | 1, flags, () -> Integer.toBinaryString(flags));
    assertEquals(128, reply.body().getShort());
    assertEquals(128, reply.body().getShort());
    assertEquals(1 << 20, reply.body().getInt());
    assertEquals(1, reply.body().getInt());
    assertEquals(256, reply.body().getShort());
  }

  /** What it takes before is sent to it again, so that two threads do the same at once. */
  @Test
  void asksForWhatAnotherDidNotAnswerBeforeItTakesAnything() {
    for (int i = 0; i < 100; i++) {
      try (PretendedKernel other = new PretendedKernel(device, FuseOptions.of(false))) {
        long waits = other.sendWrite(0, bytes(512, i));
        other.session().startOver();
        assertEquals(0, other.receive().unique(), "answered first");
        assertEquals(waits, other.receive().unique());
      }
    }
  }

  @Test
  void countsWhoHasTheFileOpen() {
    assertEquals(0, kernel.opens());
    long handle = kernel.ask(FuseProtocol.OPEN, body(8).putLong(0)).body().getLong();
    kernel.ask(FuseProtocol.OPEN, body(8).putLong(0));
    assertEquals(2, kernel.opens());
    assertEquals(0, release(handle).errno());
    assertEquals(1, kernel.opens());
    assertEquals(0, release(handle + 1).errno(), "opened in another process");
    assertEquals(1, kernel.opens());
    assertEquals(FuseErrno.EINVAL, kernel.ask(FuseProtocol.RELEASE, body(8)).errno());
  }

  private Reply release(long handle) {
    return kernel.ask(FuseProtocol.RELEASE, body(24).putLong(handle).position(24));
  }

  @Test
  void refusesAKernelThatIsTooOld() {
    Reply reply = kernel.ask(FuseProtocol.INIT, body(16).putInt(7).putInt(27).putInt(0).putInt(0));
    assertEquals(FuseErrno.EPROTO, reply.errno());
  }

  @Test
  void readsWhatWasWritten() {
    byte[] content = bytes(4096, 1);
    Reply written = kernel.write(8192, content);
    assertEquals(0, written.errno());
    assertEquals(4096, written.body().getInt());
    Reply read = kernel.read(8192, 4096);
    byte[] found = new byte[4096];
    read.body().get(found);
    assertArrayEquals(content, found);
  }

  @Test
  void theEndIsWhereADiskHasIt() {
    assertEquals(0, kernel.read(SIZE, 4096).body().remaining());
    assertEquals(100, kernel.read(SIZE - 100, 4096).body().remaining());
    assertEquals(FuseErrno.ENOSPC, kernel.write(SIZE, bytes(1, 1)).errno());
    assertEquals(100, kernel.write(SIZE - 100, bytes(512, 2)).body().getInt());
    assertEquals(FuseErrno.EINVAL, kernel.read(-1, 4096).errno());
    assertEquals(FuseErrno.EINVAL, kernel.read(Long.MIN_VALUE, 4096).errno());
    assertEquals(FuseErrno.EINVAL, kernel.write(-4096, bytes(512, 2)).errno());
  }

  @Test
  void refusesLengthsThatAreNotRight() {
    assertEquals(FuseErrno.EINVAL, kernel.read(0, (1 << 20) + 1).errno());
    assertEquals(FuseErrno.EINVAL, kernel.read(0, -1).errno());
    assertEquals(
        FuseErrno.EINVAL,
        kernel.ask(FuseProtocol.WRITE, PretendedKernel.transfer(0, 8192, bytes(100, 1))).errno());
    assertEquals(
        FuseErrno.EINVAL,
        kernel.ask(FuseProtocol.WRITE, PretendedKernel.transfer(0, 50, bytes(100, 1))).errno());
    for (int opcode : new int[] {3, 4, 14, 15, 16, 17, 18, 20, 25, 26, 43, 46}) {
      Reply reply = kernel.ask(opcode, body(0));
      boolean needsNothing = Set.of(3, 17, 20, 25).contains(opcode);
      assertEquals(needsNothing ? 0 : FuseErrno.EINVAL, reply.errno(), "opcode " + opcode);
    }
    assertEquals(0, kernel.fsync().errno());
  }

  @Test
  void aRequestThatIsNoneIsAnsweredAndForgotten() {
    kernel.sendRaw(new byte[] {1, 2, 3});
    assertEquals(FuseErrno.EINVAL, kernel.receive().errno());
    byte[] lies = body(40).putInt(4000).putInt(FuseProtocol.FSYNC).array();
    kernel.sendRaw(lies);
    assertEquals(FuseErrno.EINVAL, kernel.receive().errno());
    assertEquals(0, kernel.fsync().errno());
  }

  @Test
  void randomRequestsChangeNothingForHonestOnes() {
    Random random = new Random(7);
    for (int i = 0; i < 5000; i++) {
      byte[] message = new byte[40 + random.nextInt(100)];
      random.nextBytes(message);
      int opcode = random.nextInt(55);
      boolean answered = opcode != FuseProtocol.FORGET && opcode != FuseProtocol.BATCH_FORGET;
      if (answered) {
        java.nio.ByteBuffer.wrap(message)
            .order(java.nio.ByteOrder.nativeOrder())
            .putInt(random.nextInt(10) == 0 ? random.nextInt() : message.length)
            .putInt(opcode);
        kernel.sendRaw(message);
        kernel.receive();
      }
    }
    assertEquals(0, kernel.write(0, bytes(512, 3)).errno());
    assertEquals(512, kernel.read(0, 512).body().remaining());
  }

  @Test
  void unknownRequestsAndInterruptsAreNotImplemented() {
    assertEquals(FuseErrno.ENOSYS, kernel.ask(1, body(8)).errno());
    assertEquals(FuseErrno.ENOSYS, kernel.ask(22, body(8)).errno());
    assertEquals(FuseErrno.ENOSYS, kernel.ask(FuseProtocol.INTERRUPT, body(8)).errno());
    assertEquals(FuseErrno.ENOSYS, kernel.ask(4711, body(8)).errno());
    kernel.send(FuseProtocol.FORGET, body(8));
    kernel.send(FuseProtocol.BATCH_FORGET, body(8));
    assertEquals(0, kernel.fsync().errno());
  }

  @Test
  void holesArePunchedAndZeroed() {
    int punch = FuseProtocol.FALLOC_PUNCH_HOLE | FuseProtocol.FALLOC_KEEP_SIZE;
    kernel.write(0, bytes(16384, 4));
    assertEquals(0, kernel.fallocate(4096, 4096, punch).errno());
    assertEquals(0, kernel.fallocate(8192, 4096, FuseProtocol.FALLOC_ZERO_RANGE).errno());
    byte[] expected = bytes(16384, 4);
    java.util.Arrays.fill(expected, 4096, 12288, (byte) 0);
    byte[] found = new byte[16384];
    kernel.read(0, 16384).body().get(found);
    assertArrayEquals(expected, found);
    assertEquals(0, kernel.fallocate(SIZE - 10, 4096, punch).errno());
    assertEquals(0, kernel.fallocate(SIZE + 4096L, 4096, punch).errno());
    int zero = FuseProtocol.FALLOC_ZERO_RANGE;
    assertEquals(FuseErrno.EFBIG, kernel.fallocate(SIZE - 10, 4096, zero).errno());
    assertEquals(FuseErrno.EOPNOTSUPP, kernel.fallocate(0, 4096, 0).errno());
    assertEquals(FuseErrno.EOPNOTSUPP, kernel.fallocate(0, 4096, 2).errno());
    assertEquals(FuseErrno.EINVAL, kernel.fallocate(0, -1, punch).errno());
    assertEquals(FuseErrno.EINVAL, kernel.fallocate(4096, Long.MAX_VALUE, punch).errno());
  }

  @Test
  void findsDataAndHoles() {
    assertEquals(100, kernel.lseek(100, FuseProtocol.SEEK_DATA).body().getLong());
    assertEquals(SIZE / 2, kernel.lseek(100, FuseProtocol.SEEK_HOLE).body().getLong());
    assertEquals(SIZE - 1, kernel.lseek(SIZE - 1, FuseProtocol.SEEK_HOLE).body().getLong());
    assertEquals(FuseErrno.ENXIO, kernel.lseek(SIZE / 2, FuseProtocol.SEEK_DATA).errno());
    assertEquals(FuseErrno.ENXIO, kernel.lseek(SIZE, FuseProtocol.SEEK_HOLE).errno());
    assertEquals(FuseErrno.EINVAL, kernel.lseek(0, 0).errno());
  }

  @Test
  void failuresBecomeErrno() {
    assertFailure(FuseErrno.ENOSPC, new OutOfDataSpaceException("full"));
    assertFailure(FuseErrno.ENOSPC, new QuotaExceededException("full"));
    assertFailure(FuseErrno.ENOSPC, new HostSpaceException("full"));
    assertFailure(FuseErrno.EROFS, new ReadOnlyException("sealed"));
    assertFailure(FuseErrno.EINVAL, PoolException.badRequest("outside"));
    assertFailure(FuseErrno.EIO, new PoolIoException("broken", null));
    assertFailure(FuseErrno.EIO, new IllegalStateException("a mistake"));
  }

  private void assertFailure(int errno, RuntimeException failure) {
    device.failure = failure;
    assertEquals(errno, kernel.write(0, bytes(512, 1)).errno());
    assertEquals(errno, kernel.fsync().errno());
    device.failure = null;
    assertEquals(0, kernel.fsync().errno());
  }

  @Test
  void readOnlyTakesNoWrites() {
    reopen(FuseOptions.of(true));
    assertEquals(FuseErrno.EROFS, kernel.write(0, bytes(512, 1)).errno());
    assertEquals(FuseErrno.EROFS, kernel.fallocate(0, 4096, 3).errno());
    assertEquals(FuseErrno.EROFS, kernel.ask(FuseProtocol.OPEN, body(8).putLong(2)).errno());
    assertEquals(0, kernel.ask(FuseProtocol.OPEN, body(8).putLong(0)).errno());
    assertEquals(0, kernel.fsync().errno());
    assertEquals(0, device.flushes.get());
  }

  /** The numbers are the protocol's, from the kernel's {@code fuse.h}. */
  @Test
  void anOpenFileGoesPastThePageCacheAndIsWrittenByManyAtOnce() {
    int directIo = 1;
    int parallelDirectWrites = 1 << 6;
    Reply reply = kernel.ask(FuseProtocol.OPEN, body(8).putInt(2).putInt(0));
    assertEquals(0, reply.errno());
    assertEquals(16, reply.body().remaining());
    reply.body().getLong();
    assertEquals(directIo | parallelDirectWrites, reply.body().getInt());
  }

  @Test
  void flushesThatWaitHoldUpNobody() {
    device.gate = new CountDownLatch(1);
    Set<Long> waiting = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      waiting.add(kernel.send(FuseProtocol.FSYNC, body(16).putLong(0).putLong(0)));
    }
    for (int i = 0; i < 100; i++) {
      assertEquals(512, kernel.read(i * 512L, 512).body().remaining());
    }
    device.gate.countDown();
    for (int i = 0; i < 20; i++) {
      assertTrue(waiting.remove(kernel.receive().unique()));
    }
    assertEquals(20, device.flushes.get());
  }

  @Test
  void writesThatWaitForSpaceHoldUpNobody() {
    reopen(FuseOptions.of(false).withWaitingWrites(() -> true));
    device.gate = new CountDownLatch(1);
    for (int i = 0; i < 100; i++) {
      kernel.sendWrite(i * 512L, bytes(512, i));
    }
    assertEquals(512, kernel.read(0, 512).body().remaining());
    assertEquals(0, kernel.ask(FuseProtocol.STATFS, body(0)).errno());
    device.gate.countDown();
    for (int i = 0; i < 100; i++) {
      assertEquals(0, kernel.receive().errno());
    }
    for (int i = 0; i < 100; i++) {
      byte[] found = new byte[512];
      kernel.read(i * 512L, 512).body().get(found);
      assertArrayEquals(bytes(512, i), found);
    }
  }

  @Test
  void heldMemoryIsGivenBackWhenManyRequestsAreDone() throws Exception {
    long before = lockedKib();
    reopen(FuseOptions.of(false).withWaitingWrites(() -> true).withMemoryHeld());
    device.gate = new CountDownLatch(1);
    for (int i = 0; i < 100; i++) {
      kernel.sendWrite(i * 512L, bytes(512, i));
    }
    while (device.waiting.get() < 100) {
      Thread.onSpinWait();
    }
    Requirement.skipUnlessOffered(lockedKib() - before > 100 << 10, "no memory may be locked");
    device.gate.countDown();
    for (int i = 0; i < 100; i++) {
      assertEquals(0, kernel.receive().errno());
    }
    while (lockedKib() - before > 20 << 10) {
      Thread.sleep(10);
    }
    kernel.close();
    assertEquals(before, lockedKib());
    kernel = PretendedKernel.started(device, FuseOptions.of(false));
  }

  private static long lockedKib() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmLck:"))
        .mapToLong(line -> Long.parseLong(line.split(" +")[1].strip()))
        .sum();
  }

  @Test
  void theSessionEndsWithRequestsInFlight() throws Exception {
    reopen(FuseOptions.of(false).withWaitingWrites(() -> true));
    device.gate = new CountDownLatch(1);
    for (int i = 0; i < 10; i++) {
      kernel.sendWrite(i * 512L, bytes(512, i));
    }
    while (device.waiting.get() < 10) {
      Thread.onSpinWait();
    }
    Thread ending = new Thread(kernel::close);
    ending.start();
    device.gate.countDown();
    ending.join();
    assertFalse(kernel.session().isAlive());
    for (int i = 0; i < 10; i++) {
      byte[] found = java.util.Arrays.copyOfRange(device.bytes, i * 512, i * 512 + 512);
      assertArrayEquals(bytes(512, i), found);
    }
    kernel = PretendedKernel.started(device, FuseOptions.of(false));
  }
}
