// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever has a pool and does not answer is told apart by what it was started as, and when. */
class PoolHolderTest {
  private static final Path POOL = Path.of("/srv/pool");

  @ParameterizedTest
  @CsvSource({
    "tools-1.jar serve p2, true",
    "tools-1.jar --verbose serve p2 --nbd s, true",
    "tools-1.jar device create serve x, false",
    "java, false",
  })
  void aServerIsKnownByItsCommand(String command, boolean serves) {
    String message = "pool is in use: pool=/srv/pool holder=pid 1 (" + command + ")";
    assertEquals(serves, PoolHolder.in(message).serves());
  }

  @Test
  void theAgeIsThatOfTheProcess() {
    long pid = ProcessHandle.current().pid();
    Duration age = PoolHolder.in("holder=pid " + pid + " (a.jar serve p)").age();
    assertTrue(age.compareTo(Duration.ZERO) > 0, age::toString);
    assertEquals(new PoolHolder(false, Duration.ZERO), PoolHolder.in("holder=not known"));
  }

  @Test
  void adviceFitsTheHolder() {
    assertEquals(
        "wait until that process has ended, or end it",
        new PoolHolder(false, Duration.ofHours(1)).advice(POOL));
    assertTrue(
        new PoolHolder(true, Duration.ofSeconds(1)).advice(POOL).contains("try again in a moment"));
    assertTrue(
        new PoolHolder(true, Duration.ofMinutes(1))
            .advice(POOL)
            .contains("socket /srv/pool/control was removed"));
  }
}
