// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Checks the bytes that pass against what they must be: the size as soon as there are more, the
 * digest when {@link #finish} is called. One thread.
 */
final class DigestStream extends FilterInputStream {
  private final String what;
  private final Optional<Digest> expected;
  private final long expectedBytes;
  private final MessageDigest digest;
  private long passedBytes;

  /**
   * Wraps a stream.
   *
   * @param what what it is, for messages
   * @param expected the digest, or empty if none is known
   * @param expectedBytes the size, or -1 if it is not known
   */
  DigestStream(InputStream stream, String what, Optional<Digest> expected, long expectedBytes) {
    super(stream);
    this.what = what;
    this.expected = expected;
    this.expectedBytes = expectedBytes;
    this.digest = expected.map(Digest::newDigest).orElse(null);
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
      passedBytes += count;
      if (expectedBytes >= 0 && passedBytes > expectedBytes) {
        throw wrong("is longer than it says", "expectedBytes=" + expectedBytes);
      }
      if (digest != null) {
        digest.update(target, begin, count);
      }
    }
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    return readNBytes((int) Math.min(count, 64 << 10)).length;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  long passedBytes() {
    return passedBytes;
  }

  /** Reads what is left, and checks all of it. */
  void finish() throws IOException {
    byte[] waste = new byte[64 << 10];
    int count = read(waste, 0, waste.length);
    while (count >= 0) {
      count = read(waste, 0, waste.length);
    }
    if (expectedBytes >= 0 && passedBytes < expectedBytes) {
      throw wrong("is cut short", "bytes=" + passedBytes + " expectedBytes=" + expectedBytes);
    }
    if (digest != null) {
      String hex = HexFormat.of().formatHex(digest.digest());
      if (!hex.equals(expected.orElseThrow().hex())) {
        throw wrong(
            "has a wrong digest",
            "digest="
                + expected.orElseThrow().algorithm()
                + ":"
                + hex
                + " expected="
                + expected.orElseThrow());
      }
    }
  }

  private DriverException wrong(String problem, String values) {
    return new DriverException(Kind.DATA_LOSS, what + " " + problem + " " + values);
  }
}
