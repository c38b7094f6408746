// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The next bytes of a stream, and no more. */
final class LimitedStream extends FilterInputStream {
  private long remainingBytes;

  LimitedStream(InputStream stream, long sizeBytes) {
    super(stream);
    this.remainingBytes = sizeBytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int begin, int lengthBytes) throws IOException {
    if (remainingBytes == 0) {
      return -1;
    }
    int count = in.read(target, begin, (int) Math.min(lengthBytes, remainingBytes));
    if (count > 0) {
      remainingBytes -= count;
    }
    return count;
  }

  @Override
  public int available() throws IOException {
    return (int) Math.min(in.available(), remainingBytes);
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
