// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.nio.ByteBuffer;
import java.util.Random;

/**
 * Messages that are almost right, from a random source that can be repeated. Most of what ends a
 * connection, or makes the server take the next messages for something else, ends the batch; the
 * rest would be sent for nothing.
 */
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
  private static final int MESSAGES_MAX = 100;

  private final Random random;
  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 20);
  private int count;
  private boolean ended;

  HostileMessages(Random random) {
    this.random = random;
  }

  /** Begins a batch. */
  HostileMessages clear() {
    bytes.clear();
    count = 0;
    ended = false;
    return this;
  }

  /** Ends the batch. */
  ByteBuffer flip() {
    return bytes.flip();
  }

  /** Whether another message has room, and would be read as one. */
  boolean goesOn() {
    return !ended
        && count < MESSAGES_MAX
        && bytes.remaining() > PAYLOAD_MAX + NbdProtocol.REQUEST_BYTES;
  }

  /** Now and then there is something behind the end all the same. */
  private void endIf(boolean fatal) {
    count++;
    ended |= fatal && !oneIn(10);
  }

  private void noise(int count) {
    byte[] noise = new byte[count];
    random.nextBytes(noise);
    bytes.put(noise);
  }

  /** Nothing in particular. */
  void garbage() {
    noise(random.nextInt(200));
    endIf(false);
  }

  void option() {
    boolean right = !oneIn(200);
    int option = oneIn(20) ? random.nextInt() : random.nextInt(14);
    boolean leaves =
        option == NbdProtocol.NBD_OPT_ABORT
            || option == NbdProtocol.NBD_OPT_EXPORT_NAME && !oneIn(4);
    int length = random.nextInt(oneIn(20) ? PAYLOAD_MAX : 40);
    int said = oneIn(100) ? LENGTHS[random.nextInt(LENGTHS.length)] : length;
    bytes.putLong(right ? NbdProtocol.IHAVEOPT : random.nextLong());
    bytes.putInt(leaves ? NbdProtocol.NBD_OPT_INFO : option).putInt(said);
    optionData(length);
    endIf(!right || said != length || !leaves && option == NbdProtocol.NBD_OPT_EXPORT_NAME);
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
    boolean right = !oneIn(300);
    int type = oneIn(10) ? random.nextInt(1 << 16) : random.nextInt(9);
    boolean write = type == NbdProtocol.NBD_CMD_WRITE;
    int length = length(write && !oneIn(5));
    boolean fits = length >= 0 && length <= PAYLOAD_MAX;
    boolean half = oneIn(100);
    bytes.putInt(right ? NbdProtocol.REQUEST_MAGIC : random.nextInt());
    bytes.putShort((short) (oneIn(10) ? random.nextInt() : oneIn(2) ? 0 : random.nextInt(32)));
    bytes.putShort((short) (type == NbdProtocol.NBD_CMD_DISC ? 0 : type));
    bytes.putLong(random.nextLong()).putLong(offset()).putInt(length);
    if (write && fits) {
      noise(half ? length / 2 : length);
    }
    endIf(!right || write && (half || !fits));
  }

  private int length(boolean payload) {
    return payload || oneIn(4)
        ? random.nextInt(oneIn(4) ? PAYLOAD_MAX : 4096)
        : LENGTHS[random.nextInt(LENGTHS.length)];
  }

  private long offset() {
    return oneIn(3)
        ? random.nextLong() >>> random.nextInt(64)
        : OFFSETS[random.nextInt(OFFSETS.length)];
  }

  boolean oneIn(int count) {
    return random.nextInt(count) == 0;
  }
}
