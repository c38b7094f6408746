// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes between server and client, in clear or not. One thread at a time reads and one writes;
 * both may be at work at once, and any thread may end either.
 */
interface Transport {
  /** Reads at least one byte, waiting for it; -1 at the end. */
  int read(ByteBuffer target) throws IOException;

  /** Writes all that remains in the first {@code count} buffers, waiting until it can. */
  void write(ByteBuffer[] sources, int count) throws IOException;

  /**
   * Tells the client that nothing more comes, where that needs telling. By the writer, at its end.
   */
  default void endOutput() throws IOException {}

  /**
   * Tells the client that the connection ends, as far as that takes no waiting. By the reader,
   * instead of {@link #endOutput}, before it closes in the middle.
   */
  default void lastWords() {}

  /** Sends what goes out without waiting; nothing can be read or written any more after that. */
  default void offer(ByteBuffer bytes) {}

  /** Makes the reader, now or later, see the end of input; what is being written goes on. */
  void endInput();

  /** Ends both directions at once, whoever waits in them. Idempotent; never throws. */
  void close();
}
