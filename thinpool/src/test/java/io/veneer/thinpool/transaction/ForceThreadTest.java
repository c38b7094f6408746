// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.transaction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolIoException;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class ForceThreadTest extends ForceOrderContract {
  private static final long LONG_SECONDS = 60;

  @Override
  ForceOrder create() {
    return new ForceThread();
  }

  @Test
  void neitherWaitsForTheOther() {
    CyclicBarrier both = new CyclicBarrier(2);
    order.run(() -> meet(both), () -> meet(both));
    assertEquals(2, done.get());
  }

  private void meet(CyclicBarrier barrier) {
    try {
      barrier.await(LONG_SECONDS, TimeUnit.SECONDS);
      done.incrementAndGet();
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException("the other did not begin", e);
    }
  }

  @Test
  void waitsForTheDataWhenMetadataFailed() {
    CountDownLatch failing = new CountDownLatch(1);
    Runnable run =
        () ->
            order.run(
                () -> {
                  await(failing);
                  succeed();
                },
                () -> {
                  failing.countDown();
                  fail();
                });
    assertSame(failure, assertThrows(PoolIoException.class, run::run));
    assertEquals(1, done.get());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(LONG_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void tellsOfBothFailures() {
    PoolIoException other = new PoolIoException("fails too");
    Runnable both =
        () ->
            order.run(
                () -> {
                  throw other;
                },
                this::fail);
    PoolIoException thrown = assertThrows(PoolIoException.class, both::run);
    assertSame(failure, thrown);
    assertArrayEquals(new Throwable[] {other}, thrown.getSuppressed());
  }

  @Test
  void interruptNeitherEndsTheWaitNorIsLost() {
    Thread.currentThread().interrupt();
    order.run(this::succeed, this::succeed);
    assertTrue(Thread.interrupted());
    assertEquals(2, done.get());
  }
}
