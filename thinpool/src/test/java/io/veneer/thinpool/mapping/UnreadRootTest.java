// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A tree's root is read when it is first needed, perhaps by several threads at once. */
class UnreadRootTest {
  private static final int ROUNDS = 3_000;

  private final AtomicReference<RadixTree> tree = new AtomicReference<>();
  private final AtomicInteger round = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger wrong = new AtomicInteger();

  @Test
  void isNeverTakenForAnEmptyTreeByThreadsThatComeAtTheSameTime() throws InterruptedException {
    MappingFixture f = new MappingFixture();
    NodeStore store = f.bareStore();
    f.ensure();
    RadixTree made = new RadixTree(store, 1, null);
    made.put(5, 77);
    f.transactions.commit();
    Thread reader = new Thread(this::readInEachRound);
    reader.start();
    long root = made.rootBlock();
    for (int i = 1; i <= ROUNDS; i++) {
      RadixTree fresh = RadixTree.open(store, 1, root, 0);
      tree.set(fresh);
      round.set(i);
      while (done.get() < i) {
        wrong.addAndGet(fresh.rootBlock() == root ? 0 : 1);
      }
      wrong.addAndGet(fresh.get(5) == 77 ? 0 : 1);
    }
    reader.join();
    assertEquals(0, wrong.get());
  }

  private void readInEachRound() {
    for (int i = 1; i <= ROUNDS; i++) {
      while (round.get() < i) {
        Thread.onSpinWait();
      }
      wrong.addAndGet(tree.get().get(5) == 77 ? 0 : 1);
      done.set(i);
    }
  }
}
