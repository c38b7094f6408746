// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static io.veneer.driver.thin.PoolErrors.translated;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.pool.ThinPool;

/**
 * Keeps damage out of layers. A file system writes back what programs wrote long after it told them
 * that all went well, so when the pool has no room then, nobody hears of it: not the program, not
 * who unmounts. The pool counts what it refused, and a volume that was refused something becomes no
 * layer and no archive. Stateless; any thread.
 */
final class LostWrites {
  private LostWrites() {}

  /**
   * Asked while the volume is held still or not mounted, when all that was written has come here.
   */
  static void requireNone(ThinPool pool, String key) {
    long failed = translated(() -> pool.device(key)).failedWrites();
    if (failed > 0) {
      throw new DriverException(
          Kind.DATA_LOSS,
          "files may be incomplete, as writes failed (was the pool full?); copy what is good out of"
              + " it and remove it key="
              + key
              + " failedWrites="
              + failed);
    }
  }

  /** A mounted file system calls a full pool a broken disk; this says what it was. */
  static DriverException explained(ThinPool pool, String key, DriverException failure) {
    return failure.kind() == Kind.IO && areOfAFullPool(pool, key) ? full(key, failure) : failure;
  }

  /** Whether the pool has no room now, and refused this volume something. */
  static boolean areOfAFullPool(ThinPool pool, String key) {
    return translated(pool::status).mode() == PoolMode.OUT_OF_DATA_SPACE
        && translated(() -> pool.device(key)).failedWrites() > 0;
  }

  static DriverException full(String key, Exception failure) {
    return new DriverException(
        Kind.RESOURCE_EXHAUSTED,
        "the pool is full; grow it, or remove what is not needed key=" + key,
        failure);
  }
}
