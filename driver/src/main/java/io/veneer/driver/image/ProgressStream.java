// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Tells how much of a stream was read. */
final class ProgressStream extends FilterInputStream {
  private static final long STEP_BYTES = 1 << 20;

  private final long totalBytes;
  private final ImportProgress progress;
  private long doneBytes;
  private long nextBytes = STEP_BYTES;

  ProgressStream(InputStream stream, long totalBytes, ImportProgress progress) {
    super(stream);
    this.totalBytes = totalBytes;
    this.progress = progress;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int begin, int lengthBytes) throws IOException {
    int count = in.read(target, begin, lengthBytes);
    if (count > 0) {
      doneBytes += count;
      if (doneBytes >= nextBytes) {
        nextBytes = doneBytes + STEP_BYTES;
        progress.bytes(doneBytes, totalBytes);
      }
    }
    return count;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
