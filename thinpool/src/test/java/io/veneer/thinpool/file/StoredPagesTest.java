// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class StoredPagesTest {
  private static final long TIB = 1L << 40;

  private long nanos = 5;
  private final StoredPages pages = new StoredPages(() -> nanos);

  @Test
  void knowsAPageFromTheSecondTimeOn() {
    assertFalse(pages.noteAgain(8192, 4096));
    assertTrue(pages.noteAgain(8192, 4096));
    assertTrue(pages.noteAgain(8192 + 100, 1));
    assertFalse(pages.noteAgain(4096, 4096));
    assertFalse(pages.noteAgain(12_288, 4096));
  }

  @Test
  void knowsARangeOnlyIfItKnowsAllOfItsPages() {
    pages.noteAgain(4096, 4096);
    assertFalse(pages.noteAgain(4095, 2));
    assertTrue(pages.noteAgain(4095, 2));
    assertFalse(pages.noteAgain(0, 12_289));
    assertTrue(pages.noteAgain(0, 16_384));
  }

  @Test
  void forgetsARange() {
    pages.noteAgain(0, 16_384);
    pages.forget(4096, 4096);
    assertTrue(pages.noteAgain(0, 4096));
    assertFalse(pages.noteAgain(4096, 4096));
    assertTrue(pages.noteAgain(8192, 8192));
  }

  @Test
  void forgetsEverythingFarAndNear() {
    pages.noteAgain(0, 4096);
    pages.noteAgain(60 * TIB, 4096);
    assertTrue(pages.noteAgain(60 * TIB, 4096));
    pages.forgetAll();
    assertFalse(pages.noteAgain(0, 4096));
    assertFalse(pages.noteAgain(60 * TIB, 4096));
    assertTrue(pages.noteAgain(60 * TIB, 4096));
  }

  @Test
  void forgetsEverythingAfterAWhile() {
    for (int i = 0; i < 1000; i++) {
      pages.noteAgain(0, 4096);
    }
    assertTrue(pages.noteAgain(0, 4096));
    nanos += 60_000_000_000L;
    boolean known = true;
    for (int i = 0; i < 1000; i++) {
      known &= pages.noteAgain(0, 4096);
    }
    assertFalse(known);
    assertTrue(pages.noteAgain(0, 4096));
  }

  private void store(int times, long nanosEach) {
    for (int i = 0; i < times; i++) {
      pages.noteAgain(0, 4096);
      long before = pages.beforeStore();
      nanos += nanosEach;
      pages.afterStore(before, 4096);
    }
  }

  @Test
  void forgetsEverythingWhenStoresTurnOutToFault() {
    pages.noteAgain(0, 4096);
    pages.noteAgain(8192, 4096);
    store(1000, 1_000);
    assertTrue(pages.noteAgain(8192, 4096));
    store(200, 20_000);
    assertFalse(pages.noteAgain(8192, 4096));
  }

  @Test
  void aSlowStoreNowAndThenChangesNothing() {
    pages.noteAgain(8192, 4096);
    for (int i = 0; i < 100; i++) {
      store(32, 1_000);
      store(16, 50_000);
    }
    assertTrue(pages.noteAgain(8192, 4096));
  }
}
