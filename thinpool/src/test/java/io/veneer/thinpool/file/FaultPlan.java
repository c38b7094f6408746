// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolIoException;
import io.veneer.thinpool.file.FileOperation.Kind;
import io.veneer.thinpool.file.FileOperation.PoolFile;

/** Which of the coming operations fail, and how. Guarded by the lock of its owner. */
final class FaultPlan {
  private HostFault fault;
  private long countdown;
  private boolean lasts;
  private boolean raised;

  void set(long index, HostFault fault, boolean lasts) {
    this.fault = fault;
    this.countdown = index;
    this.lasts = lasts;
    this.raised = false;
  }

  void clear() {
    fault = null;
  }

  boolean wasRaised() {
    return raised;
  }

  boolean isShortWrite() {
    return fault == HostFault.SHORT_WRITE;
  }

  /** Counts an operation, and tells whether it is one that fails. */
  boolean raises(PoolFile file, Kind kind) {
    if (fault == null || !fault.canHappenTo(file, kind)) {
      return false;
    }
    long left = countdown--;
    boolean raises = lasts ? left <= 0 : left == 0;
    raised |= raises;
    return raises;
  }

  PoolException failure(String action) {
    String message = "asked to fail: action=" + action + " fault=" + fault;
    return fault == HostFault.NO_SPACE
        ? new HostSpaceException(message)
        : new PoolIoException(message);
  }
}
