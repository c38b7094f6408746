// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.transaction;

/**
 * How a commit makes the data file and the metadata blocks durable: both must be before the
 * superblock is written, and neither need wait for the other. {@link ForceThread} does both at
 * once; tests that replay crashes do one after the other, in either order.
 */
@FunctionalInterface
public interface ForceOrder extends AutoCloseable {
  /** One after the other, without a thread. */
  ForceOrder DATA_FIRST =
      (data, metadata) -> {
        data.run();
        metadata.run();
      };

  /**
   * Runs both, or fails. When it returns or throws, neither is running.
   *
   * @param data forces the data file
   * @param metadata writes and forces metadata blocks
   */
  void run(Runnable data, Runnable metadata);

  /** Ends what it runs on; nothing runs any more. */
  @Override
  default void close() {
    // Most run on the caller's thread.
  }
}
