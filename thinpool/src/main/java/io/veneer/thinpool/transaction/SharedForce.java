// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.transaction;

/**
 * One force of the data file for all who ask at the same time. A caller is served by a force that
 * began after it asked; while one is running, all that come wait and share the next.
 */
final class SharedForce {
  private final Runnable force;
  private long started;
  private long finished;
  private boolean running;
  private RuntimeException failure;

  SharedForce(Runnable force) {
    this.force = force;
  }

  void run() {
    long mine = awaitTurn();
    if (mine == 0) {
      return;
    }
    RuntimeException failed = null;
    try {
      force.run();
    } catch (RuntimeException e) {
      failed = e;
    }
    finish(mine, failed);
    if (failed != null) {
      throw failed;
    }
  }

  /**
   * Returns 0 when another thread's force served the caller, else the number of the force to run.
   */
  private synchronized long awaitTurn() {
    long wanted = started + 1;
    boolean interrupted = false;
    while (running && finished < wanted) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
    if (finished >= wanted) {
      return 0;
    }
    running = true;
    return ++started;
  }

  /** A failed force is final: what it was to write may be lost, and no later one can tell. */
  private synchronized void finish(long number, RuntimeException failed) {
    running = false;
    finished = number;
    failure = failed != null ? failed : failure;
    notifyAll();
  }

  synchronized long count() {
    return finished;
  }
}
