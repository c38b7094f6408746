// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import io.veneer.thinpool.pool.ThinPool;

/** What the write log needs of the pool that its devices are in. Any thread. */
public interface PoolCommits {
  /**
   * Makes all of the pool durable.
   *
   * @throws io.veneer.thinpool.PoolException if that failed
   */
  void commit();

  /**
   * The first commit that is sure to have all that was done before this call.
   *
   * @return its number
   */
  long next();

  /**
   * The last commit that is durable.
   *
   * @return its number
   */
  long last();

  /**
   * Those of a pool.
   *
   * @param pool the pool
   * @return its commits
   */
  static PoolCommits of(ThinPool pool) {
    return new PoolCommits() {
      @Override
      public void commit() {
        pool.commit();
      }

      @Override
      public long next() {
        return pool.nextCommit();
      }

      @Override
      public long last() {
        return pool.lastCommit();
      }
    };
  }
}
