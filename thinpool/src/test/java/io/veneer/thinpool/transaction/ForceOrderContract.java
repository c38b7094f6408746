// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.transaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.veneer.thinpool.PoolIoException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a commit relies on, however both files are forced. */
abstract class ForceOrderContract {
  final AtomicInteger done = new AtomicInteger();
  final PoolIoException failure = new PoolIoException("asked to fail");
  ForceOrder order;

  abstract ForceOrder create();

  @BeforeEach
  void setUp() {
    order = create();
  }

  @AfterEach
  void close() {
    order.close();
  }

  void succeed() {
    done.incrementAndGet();
  }

  void fail() {
    throw failure;
  }

  @Test
  void bothAreDoneOnReturn() {
    for (int i = 1; i <= 100; i++) {
      order.run(this::succeed, this::succeed);
      assertEquals(2 * i, done.get());
    }
  }

  @Test
  void failsWhenDataCannotBeForced() {
    Runnable run = () -> order.run(this::fail, this::succeed);
    assertSame(failure, assertThrows(PoolIoException.class, run::run));
  }

  @Test
  void failsWhenMetadataCannotBeForced() {
    Runnable run = () -> order.run(this::succeed, this::fail);
    assertSame(failure, assertThrows(PoolIoException.class, run::run));
    assertEquals(1, done.get());
  }

  @Test
  void goesOnAfterAFailure() {
    assertThrows(PoolIoException.class, () -> order.run(this::fail, this::succeed));
    done.set(0);
    order.run(this::succeed, this::succeed);
    assertEquals(2, done.get());
  }
}
