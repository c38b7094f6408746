// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;

/**
 * Changes an export at random, and knows what must be in it. One thread; any other may ask for the
 * count.
 */
final class HonestClient implements AutoCloseable {
  private static final int LENGTH_MAX = 200_000;

  private final RawClient client;
  private final Random random;
  private final byte[] model;
  private volatile long requestCount;

  /** The export holds zeroes. */
  HonestClient(RawClient client, Random random) {
    this.client = client;
    this.random = random;
    this.model = new byte[(int) client.sizeBytes];
  }

  long requestCount() {
    return requestCount;
  }

  void step() throws IOException {
    int length = random.nextInt(random.nextBoolean() ? 5000 : LENGTH_MAX);
    int offset = random.nextInt(model.length - length);
    int flags = random.nextInt(8) == 0 ? NbdProtocol.NBD_CMD_FLAG_FUA : 0;
    requestCount = requestCount + 1;
    switch (random.nextInt(6)) {
      case 0, 1 -> write(offset, length, flags);
      case 2 -> {
        require(0, client.call(NbdProtocol.NBD_CMD_TRIM, flags, offset, length).error());
        Arrays.fill(model, offset, offset + length, (byte) 0);
      }
      case 3 -> {
        require(0, client.call(NbdProtocol.NBD_CMD_WRITE_ZEROES, flags, offset, length).error());
        Arrays.fill(model, offset, offset + length, (byte) 0);
      }
      default -> verify(offset, length);
    }
  }

  private void write(int offset, int length, int flags) throws IOException {
    byte[] data = new byte[length];
    random.nextBytes(data);
    require(0, client.write(offset, data, flags));
    System.arraycopy(data, 0, model, offset, length);
  }

  void verifyAll() throws IOException {
    verify(0, model.length);
  }

  private void verify(int offset, int length) throws IOException {
    byte[] read = client.read(offset, length);
    int wrong = Arrays.mismatch(read, Arrays.copyOfRange(model, offset, offset + length));
    if (wrong >= 0) {
      throw new IOException("wrong byte at " + (offset + wrong) + ", request " + requestCount);
    }
  }

  private void require(int expected, int error) throws IOException {
    if (error != expected) {
      throw new IOException("request " + requestCount + " failed: error=" + error);
    }
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
