// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.BLOCK;
import static io.veneer.thinpool.pool.PoolFixture.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolOptions;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pool without free data blocks. */
class NoSpaceTest {
  private static final int POOL = 512;

  private PoolFixture f;

  @AfterEach
  void close() {
    f.close();
  }

  private void given(PoolOptions options) {
    f = new PoolFixture(options);
    f.create("disk", 4096);
    f.create("other", 256);
  }

  private void givenFullPool(PoolOptions options) {
    given(options);
    f.fill("other", 0, 12, 2);
    f.fill("disk", 0, POOL - 12, 1);
    f.pool.commit();
  }

  private static PoolOptions options() {
    return PoolFixture.options(POOL);
  }

  private static PoolOptions queue(int millis) {
    return options().withNoSpace(NoSpacePolicy.QUEUE, millis);
  }

  private CompletableFuture<Void> startWrite() {
    CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> f.fill("disk", 1000, 1, 1));
    try {
      Thread.sleep(150);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return writer;
  }

  /** A writer that found no room is told to make some after a removal has made it. */
  @Test
  void aFailureFromBeforeSpaceCameBackLeavesThePoolWritable() {
    given(options());
    OutOfDataSpaceException old = new OutOfDataSpaceException("no block was free");
    PoolException thrown =
        assertThrows(OutOfDataSpaceException.class, () -> f.pool.state.space.makeRoom(old, 1, 0));
    assertEquals(old, thrown);
    assertEquals(PoolMode.WRITE, f.pool.status().mode());
    f.create("another", 256);
  }

  /** What was unmapped is not free before a commit, and that need not have come by itself. */
  @Test
  void aNewDeviceNeedNotWaitForWhatWasJustFreed() {
    givenFullPool(options());
    assertThrows(OutOfDataSpaceException.class, () -> f.fill("disk", 1000, 1, 1));
    f.discard("disk", 0, 400);
    f.create("another", 256);
  }

  @Test
  void errorPolicyRefusesAtOnceAndSaysWhatToDo() {
    givenFullPool(options());
    OutOfDataSpaceException refused =
        assertThrows(OutOfDataSpaceException.class, () -> f.fill("disk", 1000, 1, 1));
    assertTrue(refused.getMessage().contains("grow it or remove devices"), refused.getMessage());
    assertEquals(PoolMode.OUT_OF_DATA_SPACE, f.pool.status().mode());
  }

  @Test
  void whatADeviceWasRefusedIsCounted() {
    givenFullPool(options());
    assertEquals(0, f.pool.device("disk").failedWrites());
    assertThrows(OutOfDataSpaceException.class, () -> f.fill("disk", 1000, 1, 1));
    assertEquals(1, f.pool.device("disk").failedWrites());
    assertEquals(0, f.pool.device("other").failedWrites());
  }

  @Test
  void whatNoDeviceCouldTakeIsNotCounted() {
    givenFullPool(options());
    long beyond = f.pool.device("disk").sizeBytes();
    try (BlockDevice disk = f.pool.openDevice("disk")) {
      assertThrows(
          PoolException.class, () -> disk.write(beyond, ByteBuffer.allocate(BLOCK), false));
      assertThrows(PoolException.class, () -> disk.writeZeroes(beyond, BLOCK, false, false));
    }
    assertEquals(0, f.pool.device("disk").failedWrites());
  }

  @Test
  void readsOverwritesAndZeroesInHolesWork() {
    givenFullPool(options());
    assertThrows(OutOfDataSpaceException.class, () -> f.fill("disk", 1000, 1, 1));
    f.fill("disk", 3, 1, 4);
    f.write("disk", 2000, new byte[BLOCK]);
    f.assertFilled("disk", 3, 1, 4);
    f.assertFilled("disk", 4, 400, 1);
    f.assertZeroes("disk", 2000, 1);
  }

  @Test
  void partOfALongWriteMayBeThereAndTheBufferIsWholeAgain() {
    givenFullPool(options());
    f.discard("disk", 0, 2);
    byte[] bytes = new byte[4 * BLOCK];
    java.util.Arrays.fill(bytes, (byte) 7);
    ByteBuffer four = ByteBuffer.wrap(bytes);
    try (BlockDevice device = f.device("disk")) {
      assertThrows(OutOfDataSpaceException.class, () -> device.write(1000L * BLOCK, four, false));
    }
    assertEquals(4 * BLOCK, four.limit());
  }

  @Test
  void discardMakesRoomWithoutAWait() {
    givenFullPool(options());
    f.discard("disk", 0, 5);
    f.fill("disk", 1000, 5, 3);
    f.assertFilled("disk", 1000, 5, 3);
    assertEquals(PoolMode.WRITE, f.pool.status().mode());
    assertThrows(OutOfDataSpaceException.class, () -> f.fill("disk", 2000, 1, 1));
  }

  @Test
  void removalMakesRoomWithoutAWait() {
    givenFullPool(options());
    f.pool.removeDevice("other");
    f.fill("disk", 1000, 12, 3);
    f.assertFilled("disk", 1000, 12, 3);
  }

  @Test
  void roomThatComesWhileALongWriteGoesOnIsUsed() {
    givenFullPool(options());
    f.discard("disk", 0, 2);
    f.pool.removeDevice("other");
    byte[] bytes = new byte[14 * BLOCK];
    java.util.Arrays.fill(bytes, (byte) 5);
    f.write("disk", 1000, bytes);
    assertEquals(POOL, f.usedBlocks());
  }

  @Test
  void growingLeadsBackToWriteMode() {
    givenFullPool(options());
    assertThrows(OutOfDataSpaceException.class, () -> f.fill("disk", 1000, 1, 1));
    f.pool.growData(4 * MIB);
    assertEquals(PoolMode.WRITE, f.pool.status().mode());
    f.fill("disk", 1000, 100, 1);
    f.assertFilled("disk", 1000, 100, 1);
  }

  @Test
  void discardLeadsBackToWriteMode() {
    givenFullPool(options());
    assertThrows(OutOfDataSpaceException.class, () -> f.fill("disk", 1000, 1, 1));
    f.discard("disk", 0, 20);
    f.pool.awaitRemovals();
    assertEquals(PoolMode.WRITE, f.pool.status().mode());
  }

  @Test
  void modeIsTheSameAfterTheNextOpening() {
    givenFullPool(options());
    f.reopen();
    assertThrows(OutOfDataSpaceException.class, () -> f.fill("disk", 1000, 1, 1));
    assertEquals(PoolMode.OUT_OF_DATA_SPACE, f.pool.status().mode());
    f.assertFilled("disk", 0, 400, 1);
  }

  @Test
  void queuedWriteGoesOnWhenThePoolGrows() throws Exception {
    givenFullPool(queue(20_000));
    CompletableFuture<Void> writer = startWrite();
    assertFalse(writer.isDone());
    assertEquals(PoolMode.OUT_OF_DATA_SPACE, f.pool.status().mode());
    f.pool.growData(4 * MIB);
    writer.get(5, TimeUnit.SECONDS);
    f.assertFilled("disk", 1000, 1, 1);
  }

  @Test
  void queuedWriteGoesOnWhenADeviceIsRemoved() throws Exception {
    givenFullPool(queue(20_000));
    CompletableFuture<Void> writer = startWrite();
    f.pool.removeDevice("other");
    f.pool.awaitRemovals();
    writer.get(5, TimeUnit.SECONDS);
  }

  @Test
  void queuedWriteGoesOnWhenAGuaranteeIsSwitchedOff() throws Exception {
    given(queue(20_000));
    f.pool.transact(
        list -> {
          list.setGuarantee("other", true);
          return null;
        });
    f.fill("disk", 0, POOL - 256, 1);
    f.pool.commit();
    CompletableFuture<Void> writer = startWrite();
    assertFalse(writer.isDone());
    f.pool.transact(
        list -> {
          list.setGuarantee("other", false);
          return null;
        });
    writer.get(5, TimeUnit.SECONDS);
    assertEquals(PoolMode.WRITE, f.pool.status().mode());
  }

  @Test
  void queuedWriteFailsAfterItsTime() {
    givenFullPool(queue(300));
    long begin = System.nanoTime();
    assertThrows(OutOfDataSpaceException.class, () -> f.fill("disk", 1000, 1, 1));
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    assertTrue(millis >= 300 && millis < 3000, "waited " + millis + " ms");
  }

  @Test
  void readsAndOtherWritesPassAQueuedOne() throws Exception {
    givenFullPool(queue(20_000));
    CompletableFuture<Void> writer = startWrite();
    f.assertFilled("disk", 0, 400, 1);
    f.fill("disk", 0, 10, 6);
    f.fill("other", 0, 10, 6);
    f.pool.commit();
    f.pool.removeDevice("other");
    f.pool.awaitRemovals();
    writer.get(5, TimeUnit.SECONDS);
  }

  @Test
  void interruptEndsTheWaitOfAQueuedWrite() throws Exception {
    givenFullPool(queue(20_000));
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread writer =
        new Thread(
            () -> {
              try {
                f.fill("disk", 1000, 1, 1);
              } catch (RuntimeException e) {
                thrown.set(e);
              }
            });
    writer.start();
    Thread.sleep(150);
    writer.interrupt();
    writer.join(5000);
    assertInstanceOf(OutOfDataSpaceException.class, thrown.get());
  }

  @Test
  void closingThePoolEndsTheWaitOfAQueuedWrite() {
    givenFullPool(queue(20_000));
    CompletableFuture<Void> writer = startWrite();
    f.pool.close();
    ExecutionException ended =
        assertThrows(ExecutionException.class, () -> writer.get(5, TimeUnit.SECONDS));
    assertTrue(ended.getCause().getMessage().contains("closed"), ended.toString());
  }

  @Test
  void extendsItselfUpToItsLimitAndNoFurther() {
    given(options().withDataLimit(1024 * BLOCK));
    f.fill("disk", 0, 1024, 1);
    assertEquals(1024 * BLOCK, f.pool.status().totalDataBytes());
    assertThrows(OutOfDataSpaceException.class, () -> f.fill("disk", 2000, 1, 1));
    f.assertFilled("disk", 0, 1024, 1);
  }

  @Test
  void extendsItselfInTheBackgroundBelowLowWater() {
    given(options().withDataLimit(1024 * BLOCK).withLowWater(100 * BLOCK));
    f.fill("disk", 0, 450, 1);
    f.pool.tend();
    assertEquals(576 * BLOCK, f.pool.status().totalDataBytes());
    f.pool.tend();
    assertEquals(576 * BLOCK, f.pool.status().totalDataBytes(), "above low water again");
  }

  @Test
  void refusesNewDevicesBeforeRunningOnesStarve() {
    given(options());
    f.fill("disk", 0, POOL - 8, 1);
    assertThrows(OutOfDataSpaceException.class, () -> f.create("new", 256));
    assertThrows(OutOfDataSpaceException.class, () -> f.pool.createSnapshot("new", "disk"));
    f.fill("disk", 2000, 8, 1);
    f.discard("disk", 0, 100);
    f.pool.awaitRemovals();
    f.create("new", 256);
  }

  @Test
  void makesNewDevicesWhileItCanExtendItself() {
    given(options().withDataLimit(1024 * BLOCK));
    f.fill("disk", 0, POOL - 8, 1);
    f.create("new", 256);
  }
}
