// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.device;

import io.veneer.thinpool.transaction.InFlight;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets the writers of one device through, and keeps them out for the moment of a snapshot, which is
 * thereby a point in time: every write lies wholly before or wholly after it.
 *
 * <p>Passing costs a writer nothing beyond being in flight: it publishes its slot, then looks
 * whether the gate is closed; the closer closes the gate, then waits until no slot shows a writer
 * of this device. Either sees the other.
 */
final class WriterGate {
  private final InFlight inFlight;
  private final int tag;
  private final ReentrantLock closing = new ReentrantLock();
  private final Condition opened = closing.newCondition();
  private volatile boolean closed;

  WriterGate(InFlight inFlight, int tag) {
    this.inFlight = inFlight;
    this.tag = tag;
  }

  /** Enters as a writer; the slot goes back to {@link InFlight#exit}. */
  int enter() {
    int slot = inFlight.enter(tag);
    while (closed) {
      inFlight.exit(slot);
      awaitOpen();
      slot = inFlight.enter(tag);
    }
    return slot;
  }

  private void awaitOpen() {
    closing.lock();
    try {
      while (closed) {
        opened.awaitUninterruptibly();
      }
    } finally {
      closing.unlock();
    }
  }

  /**
   * Keeps writers out, and waits for those inside. The thread must not be in flight, nor hold the
   * metadata lock.
   */
  void close() {
    closing.lock();
    try {
      while (closed) {
        opened.awaitUninterruptibly();
      }
      closed = true;
    } finally {
      closing.unlock();
    }
    inFlight.awaitWriters(tag);
  }

  void open() {
    closing.lock();
    try {
      closed = false;
      opened.signalAll();
    } finally {
      closing.unlock();
    }
  }
}
