// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;

/**
 * A stream that has bytes available as long as it has not ended. Java's gzip reader takes an answer
 * of 0 for the end, and so loses all members but the first of a stream that comes over a socket.
 */
final class AvailableStream extends FilterInputStream {
  AvailableStream(BufferedInputStream stream) {
    super(stream);
  }

  @Override
  public int available() throws IOException {
    in.mark(1);
    int next = in.read();
    in.reset();
    return next < 0 ? 0 : Math.max(1, in.available());
  }
}
