// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What options are answered in a state that a client cannot bring about. */
class OptionHagglingTest {
  private static final int TOO_LONG_BYTES = 1 << 20;

  /** A client that has sent all it had to say, and what it gets. */
  private static final class Script implements Transport {
    private final ByteBuffer sent = ByteBuffer.allocate(4 << 20);
    private final ByteBuffer received = ByteBuffer.allocate(1 << 16);

    Script() {
      sent.putInt(NbdProtocol.NBD_FLAG_C_FIXED_NEWSTYLE);
    }

    Script option(int option, int lengthBytes) {
      sent.putLong(NbdProtocol.IHAVEOPT).putInt(option).putInt(lengthBytes);
      sent.position(sent.position() + lengthBytes);
      return this;
    }

    List<Integer> replyTypes() {
      List<Integer> types = new ArrayList<>();
      received.flip().position(NbdProtocol.GREETING_BYTES);
      while (received.hasRemaining()) {
        received.position(received.position() + Long.BYTES + Integer.BYTES);
        types.add(received.getInt());
        int length = received.getInt();
        received.position(received.position() + length);
      }
      return types;
    }

    @Override
    public int read(ByteBuffer target) {
      if (!sent.hasRemaining()) {
        return -1;
      }
      int count = Math.min(sent.remaining(), target.remaining());
      target.put(sent.slice(sent.position(), count));
      sent.position(sent.position() + count);
      return count;
    }

    @Override
    public void write(ByteBuffer[] sources, int count) {
      for (int i = 0; i < count; i++) {
        received.put(sources[i]);
      }
    }

    @Override
    public void endInput() {}

    @Override
    public void close() {}
  }

  /** Has a server that is going down haggle; the types of its replies. */
  private static List<Integer> stopping(Script client) throws IOException {
    MemoryDevice source = new MemoryDevice(1 << 20);
    ServerParts parts = new ServerParts(source, null, null, null, () -> true);
    client.sent.flip();
    assertNull(new OptionHaggling(new Wire(client), parts, new TlsUpgrade(null, false)).run());
    return client.replyTypes();
  }

  @Test
  void allButLeavingIsRefusedWhileStopping() throws IOException {
    for (int lengthBytes : new int[] {0, TOO_LONG_BYTES}) {
      Script client =
          new Script()
              .option(NbdProtocol.NBD_OPT_LIST, lengthBytes)
              .option(77, lengthBytes)
              .option(NbdProtocol.NBD_OPT_ABORT, lengthBytes);
      assertEquals(
          List.of(
              NbdProtocol.NBD_REP_ERR_SHUTDOWN,
              NbdProtocol.NBD_REP_ERR_SHUTDOWN,
              NbdProtocol.NBD_REP_ACK),
          stopping(client));
    }
  }
}
