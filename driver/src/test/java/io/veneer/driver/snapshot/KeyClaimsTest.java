// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyClaimsTest {
  private static final long PROMPT_SECONDS = 20;
  private static final long SOON_MILLIS = 100;

  private final KeyClaims claims = new KeyClaims();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void endThreads() {
    release.countDown();
    threads.shutdownNow();
  }

  @Test
  void changesOfOneKeyWaitForEachOther() throws Exception {
    Future<String> first = holding(Set.of("a"), "");
    Future<String> second = threads.submit(() -> claims.whileChanging(Set.of("a"), "", () -> "2"));
    assertWaits(second);
    release.countDown();
    assertEquals("held", first.get(PROMPT_SECONDS, TimeUnit.SECONDS));
    assertEquals("2", second.get(PROMPT_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void changesOfDifferentKeysOnOneParentDoNot() throws Exception {
    holding(Set.of("a"), "base");
    assertEquals("b", claims.whileChanging(Set.of("b"), "base", () -> "b"));
  }

  @Test
  void aParentWaitsUntilNobodyLeansOnIt() throws Exception {
    holding(Set.of("a"), "base");
    Future<String> removal =
        threads.submit(() -> claims.whileChanging(Set.of("base"), "", () -> "gone"));
    assertWaits(removal);
    release.countDown();
    assertEquals("gone", removal.get(PROMPT_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void aKeyThatLeansOnItselfDoesNotWaitForItself() {
    assertEquals("x", claims.whileChanging(Set.of("a"), "a", () -> "x"));
    assertEquals("y", claims.whileChanging(Set.of("a"), "", () -> "y"));
  }

  @Test
  void aFailedChangeGivesItsKeysBack() {
    assertThrows(
        IllegalStateException.class,
        () ->
            claims.whileChanging(
                Set.of("a", "b"),
                "base",
                () -> {
                  throw new IllegalStateException("no");
                }));
    assertEquals("x", claims.whileChanging(Set.of("a", "b", "base"), "", () -> "x"));
  }

  private Future<String> holding(Set<String> keys, String leaningOn) throws InterruptedException {
    CountDownLatch held = new CountDownLatch(1);
    Future<String> result =
        threads.submit(
            () ->
                claims.whileChanging(
                    keys,
                    leaningOn,
                    () -> {
                      held.countDown();
                      awaitRelease();
                      return "held";
                    }));
    assertTrue(held.await(PROMPT_SECONDS, TimeUnit.SECONDS));
    return result;
  }

  private void awaitRelease() {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void assertWaits(Future<String> change) {
    assertThrows(TimeoutException.class, () -> change.get(SOON_MILLIS, TimeUnit.MILLISECONDS));
    assertFalse(change.isDone());
  }
}
