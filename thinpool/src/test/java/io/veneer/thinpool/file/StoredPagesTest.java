// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StoredPagesTest {
  private static final long TIB = 1L << 40;

  private long nanos = 5;
  private final StoredPages pages = new StoredPages(() -> nanos);

  @Test
  void countsThePagesOfARange() {
    for (int count = 0; count < StoredPages.OFTEN; count++) {
      assertEquals(count, pages.note(8192, 4096));
    }
    assertEquals(StoredPages.OFTEN, pages.note(8192, 4096));
    assertEquals(StoredPages.OFTEN, pages.note(8192 + 100, 1));
    assertEquals(0, pages.note(4096, 4096));
    assertEquals(0, pages.note(12_288, 4096));
    assertEquals(1, pages.note(4096, 12_288));
  }

  @Test
  void aRangeCountsAsItsPageThatWasStoredToLeast() {
    pages.note(4096, 4096);
    assertEquals(0, pages.note(4095, 2));
    assertEquals(1, pages.note(4095, 2));
    assertEquals(0, pages.note(0, 12_289));
    assertEquals(1, pages.note(0, 16_384));
  }

  @Test
  void forgetsARange() {
    pages.note(0, 16_384);
    pages.forget(4096, 4096);
    assertEquals(1, pages.note(0, 4096));
    assertEquals(0, pages.note(4096, 4096));
    assertEquals(1, pages.note(8192, 8192));
  }

  @Test
  void forgetsEverythingFarAndNear() {
    pages.note(0, 4096);
    pages.note(60 * TIB, 4096);
    assertEquals(1, pages.note(60 * TIB, 4096));
    pages.forgetAll();
    assertEquals(0, pages.note(0, 4096));
    assertEquals(0, pages.note(60 * TIB, 4096));
    assertEquals(1, pages.note(60 * TIB, 4096));
  }

  private void store(int times, long nanosEach) {
    for (int i = 0; i < times; i++) {
      long before = pages.beforeStore(pages.note(0, 4096));
      nanos += nanosEach;
      pages.afterStore(before, 4096);
    }
  }

  @Test
  void forgetsEverythingWhenStoresTurnOutToFault() {
    pages.note(8192, 4096);
    store(1000, 1_000);
    assertEquals(1, pages.note(8192, 4096));
    store(200, 20_000);
    assertEquals(0, pages.note(8192, 4096));
  }

  @Test
  void forgetsNotTooOften() {
    store(200, 20_000);
    assertEquals(0, pages.note(8192, 4096));
    store(1000, 20_000);
    assertEquals(1, pages.note(8192, 4096));
    nanos += 10_000_000_000L;
    store(200, 20_000);
    assertEquals(0, pages.note(8192, 4096));
  }

  @Test
  void aSlowStoreNowAndThenChangesNothing() {
    pages.note(8192, 4096);
    for (int i = 0; i < 100; i++) {
      store(16 * 4, 1_000);
      store(16, 50_000);
    }
    assertEquals(1, pages.note(8192, 4096));
  }

  @Test
  void theFirstStoresThroughTheMappingMayFault() {
    pages.note(TIB, 4096);
    for (int page = 0; page < 10_000; page++) {
      for (int i = 0; i < StoredPages.OFTEN; i++) {
        long before = pages.beforeStore(pages.note(4096L * page, 4096));
        nanos += 20_000;
        pages.afterStore(before, 4096);
      }
    }
    assertEquals(1, pages.note(TIB, 4096));
  }
}
