// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets writers into a layer until it is done. Writers go through beside each other; who closes the
 * gate for good waits until they are out. Any thread.
 */
final class WriteGate {
  /** Writers hold the read lock; sealing waits for the write lock. */
  private final ReentrantReadWriteLock writing = new ReentrantReadWriteLock();

  /** Never turns back; writers look after they have the lock. */
  private volatile boolean sealed;

  /** Takes part in the layer's writing until the lock is given back; refused once it is sealed. */
  Lock enter(Object path) {
    Lock lock = writing.readLock();
    lock.lock();
    if (sealed) {
      lock.unlock();
      throw new DriverException(
          Kind.FAILED_PRECONDITION,
          "layer takes no more writes, its snapshot is done path=" + path);
    }
    return lock;
  }

  /** Refuses writes from now on, and waits for those that run. */
  void seal() {
    sealed = true;
    writing.writeLock().lock();
    writing.writeLock().unlock();
  }

  /** Refuses writes from now on, and waits for nothing. */
  void abandon() {
    sealed = true;
  }
}
