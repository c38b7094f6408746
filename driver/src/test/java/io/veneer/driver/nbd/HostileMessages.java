// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.nio.ByteBuffer;
import java.util.Random;

/** Messages that are almost right, from a random source that can be repeated. */
final class HostileMessages {
  private static final long[] OFFSETS = {
    0, 1, 511, 4096, 65_535, (1 << 20) - 1, 1 << 20, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE, -1
  };
  private static final int[] LENGTHS = {
    0,
    1,
    2,
    511,
    512,
    4096,
    65_535,
    65_536,
    65_537,
    1 << 20,
    32 << 20,
    (32 << 20) + 1,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    -1,
    -512
  };
  private static final int PAYLOAD_MAX = 70_000;

  private final Random random;
  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 20);

  HostileMessages(Random random) {
    this.random = random;
  }

  /** Begins a batch. */
  HostileMessages clear() {
    bytes.clear();
    return this;
  }

  /** Ends the batch. */
  ByteBuffer flip() {
    return bytes.flip();
  }

  boolean hasRoom() {
    return bytes.remaining() > PAYLOAD_MAX + NbdProtocol.REQUEST_BYTES;
  }

  private void noise(int count) {
    byte[] noise = new byte[count];
    random.nextBytes(noise);
    bytes.put(noise);
  }

  /** Nothing in particular. */
  void garbage() {
    noise(random.nextInt(200));
  }

  void option() {
    bytes.putLong(oneIn(50) ? random.nextLong() : NbdProtocol.IHAVEOPT);
    int option = oneIn(20) ? random.nextInt() : random.nextInt(14);
    bytes.putInt(option == NbdProtocol.NBD_OPT_ABORT ? NbdProtocol.NBD_OPT_INFO : option);
    int real = random.nextInt(oneIn(20) ? PAYLOAD_MAX : 40);
    bytes.putInt(oneIn(30) ? LENGTHS[random.nextInt(LENGTHS.length)] : real);
    optionData(real);
  }

  /** Now and then with lengths in it that could be right. */
  private void optionData(int count) {
    int start = bytes.position();
    noise(count);
    if (count >= 4 && random.nextBoolean()) {
      bytes.putInt(start, oneIn(10) ? LENGTHS[random.nextInt(LENGTHS.length)] : count / 2);
    }
    if (count >= 16 && random.nextBoolean()) {
      bytes.putInt(start, 6).put(start + 4, "victim".getBytes(), 0, 6).putInt(start + 10, 1);
    }
  }

  void request() {
    boolean right = !oneIn(100);
    int type = oneIn(10) ? random.nextInt(1 << 16) : random.nextInt(9);
    int length = oneIn(4) ? random.nextInt(PAYLOAD_MAX) : LENGTHS[random.nextInt(LENGTHS.length)];
    long offset =
        oneIn(3)
            ? random.nextLong() >>> random.nextInt(64)
            : OFFSETS[random.nextInt(OFFSETS.length)];
    bytes.putInt(right ? NbdProtocol.REQUEST_MAGIC : random.nextInt());
    bytes.putShort((short) (oneIn(10) ? random.nextInt() : oneIn(2) ? 0 : random.nextInt(32)));
    bytes.putShort((short) (type == NbdProtocol.NBD_CMD_DISC ? 0 : type));
    bytes.putLong(random.nextLong()).putLong(offset).putInt(length);
    if (type == NbdProtocol.NBD_CMD_WRITE && length >= 0 && length <= PAYLOAD_MAX) {
      noise(oneIn(30) ? length / 2 : length);
    }
  }

  boolean oneIn(int count) {
    return random.nextInt(count) == 0;
  }
}
