// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import com.github.luben.zstd.ZstdIOException;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/** Tells damage of a compressed stream apart from failures of the host. */
final class CheckedStream extends FilterInputStream {
  /** Reads from a compressed stream, or begins to. */
  interface Reading<T> {
    T run() throws IOException;
  }

  private CheckedStream(InputStream stream) {
    super(stream);
  }

  /** Opens a stream, which may read its header at once. */
  static InputStream of(Reading<InputStream> opening) throws IOException {
    return new CheckedStream(checked(opening));
  }

  @Override
  public int read() throws IOException {
    return checked(in::read);
  }

  @Override
  public int read(byte[] target, int begin, int lengthBytes) throws IOException {
    return checked(() -> in.read(target, begin, lengthBytes));
  }

  private static <T> T checked(Reading<T> reading) throws IOException {
    try {
      return reading.run();
    } catch (EOFException e) {
      throw new DriverException(Kind.DATA_LOSS, "compressed archive is cut short", e);
    } catch (ZipException | ZstdIOException e) {
      throw new DriverException(
          Kind.DATA_LOSS, "compressed archive is damaged reason=" + e.getMessage(), e);
    }
  }
}
