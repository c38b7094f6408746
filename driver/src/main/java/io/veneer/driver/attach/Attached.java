// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.driver.keep.KeptFiles;
import java.nio.file.Path;
import java.util.Optional;

/** One attachment while it is there. One thread at a time, as {@link Turns} gives them. */
interface Attached {
  /** The block device. */
  Path path();

  /** Whether the block device is still this attachment's; else its path may be another's by now. */
  boolean hasBlockDevice();

  /** Whether there is no block device any more, or one that gives only errors. */
  default boolean isDead() {
    return !hasBlockDevice();
  }

  /** Whether {@link #detach} would only find again who was found to use it, as far as is known. */
  default boolean isKnownInUse() {
    return false;
  }

  /** The flat file behind it, or null. */
  Path file();

  /** The unit in which the block device is addressed, while there is one. */
  int sectorBytes();

  /** Makes the kernel take over the device's new size. */
  void resized();

  /**
   * Takes everything back; nobody has the block device mounted.
   *
   * @throws LostWritesException if writes to it have failed; asked again, it goes without them
   * @throws io.veneer.thinpool.PoolException if somebody has it open; it can be asked for again
   */
  void detach();

  /** Ends it whoever uses it. What can be taken back is; the rest goes when its users do. */
  void abandon();

  /** What another process must hold open to go on with it; empty if none could. */
  default Optional<KeptFiles> files(AttachedDevice entry) {
    return Optional.empty();
  }

  /** Ends it in this process only; its users wait for the next, which must be able to. */
  default void leave() {
    abandon();
  }
}
