// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static io.veneer.driver.nbd.ServedPool.MIB;
import static io.veneer.driver.nbd.ServedPool.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand clients of one pool at once. Some never read, some stop in their handshake, some end
 * their output with replies to come; the rest must get what is theirs, and the whole stay within
 * its memory.
 */
@Timeout(120)
class NbdManyClientsTest {
  private static final int CLIENTS = 1000;
  private static final int LENGTH = 4096;
  private static final int LARGE = 200_000;
  private static final int REPLIES = 5;
  private static final int DEAF_REQUESTS = 300;

  @TempDir Path folder;
  private final List<RawClient> clients = new ArrayList<>();
  private final byte[] old = bytes(CLIENTS * LENGTH + LARGE, 1);
  private ServedPool served;
  private HonestWork honest;

  @BeforeEach
  void serve() throws IOException {
    served = new ServedPool(folder, PoolOptions.ofSize(1024L * MIB));
    served.pool.createDevice("honest", 8L * MIB);
    served.pool.createDevice("shared", 64L * MIB);
    served.serve();
    try (RawClient client = served.client("shared")) {
      assertEquals(0, client.write(0, old, 0));
    }
    honest = new HonestWork(served.client("honest"), System.nanoTime());
  }

  @AfterEach
  void close() {
    served.close();
  }

  @Test
  void eachGetsWhatIsTheirsWhateverOthersDo() throws Exception {
    honest.awaitMore(1);
    MemoryTaken memory = MemoryTaken.fromNow();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        connect(i);
      }
      forEach(Manner.GOOD, this::writeOwn);
      assertEquals(CLIENTS + 1, served.server().connectionCount());
      honest.awaitMore(20);
      memory.requireWithinLimits(CLIENTS + 1);
      forEach(Manner.GOOD, this::readOwn);
      forEach(Manner.HALF_CLOSED, this::takeReplies);
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
    honest.end();
  }

  /** What becomes of a client, by its number. */
  private enum Manner {
    GOOD,
    DEAF,
    GOOD_TOO,
    HALF_DONE_HANDSHAKE,
    HALF_CLOSED;

    static Manner of(int number) {
      Manner manner = values()[number % values().length];
      return manner == GOOD_TOO ? GOOD : manner;
    }
  }

  private interface Step {
    void of(RawClient client, int number) throws IOException;
  }

  private void forEach(Manner manner, Step step) throws IOException {
    for (int i = 0; i < CLIENTS; i++) {
      if (Manner.of(i) == manner) {
        step.of(clients.get(i), i);
      }
    }
  }

  private void connect(int number) throws IOException {
    Manner manner = Manner.of(number);
    if (manner == Manner.HALF_DONE_HANDSHAKE) {
      stopInTheHandshake(number);
      return;
    }
    RawClient client = number % 2 == 0 ? served.client("shared") : served.simpleClient("shared");
    clients.add(client);
    if (manner == Manner.DEAF) {
      askWithoutReading(client);
    } else if (manner == Manner.HALF_CLOSED) {
      for (int i = 0; i < REPLIES; i++) {
        client.start(NbdProtocol.NBD_CMD_READ, 0, number * LENGTH, LARGE);
      }
      client.channel().shutdownOutput();
    }
  }

  /** Before its flags, after them, or in an option. */
  private void stopInTheHandshake(int number) throws IOException {
    RawClient client = RawClient.connect(served.socket);
    clients.add(client);
    if (number % 3 > 0) {
      client.greet(3);
    }
    if (number % 3 > 1) {
      client.send(ByteBuffer.allocate(12).putLong(NbdProtocol.IHAVEOPT).flip());
    }
  }

  /** Until the server has taken what it takes. */
  private static void askWithoutReading(RawClient client) throws IOException {
    client.channel().configureBlocking(false);
    for (int i = 0; i < DEAF_REQUESTS; i++) {
      boolean read = i % 3 > 0;
      int type = read ? NbdProtocol.NBD_CMD_READ : NbdProtocol.NBD_CMD_FLUSH;
      client.channel().write(RawClient.request(type, 0, i, 0, read ? LARGE : 0));
    }
  }

  private void writeOwn(RawClient client, int number) throws IOException {
    assertEquals(0, client.write(own(number), bytes(LENGTH, number), 0));
  }

  private void readOwn(RawClient client, int number) throws IOException {
    assertArrayEquals(bytes(LENGTH, number), client.read(own(number), LENGTH));
  }

  /** Behind what is there for all to read. */
  private long own(int number) {
    return 32L * MIB + number * LENGTH;
  }

  /** Together more than the sockets hold; behind them the server ends, too. */
  private void takeReplies(RawClient client, int number) throws IOException {
    byte[] expected = Arrays.copyOfRange(old, number * LENGTH, number * LENGTH + LARGE);
    for (int i = 0; i < REPLIES; i++) {
      RawClient.Reply reply = client.receiveReply(LARGE);
      assertArrayEquals(expected, RawClient.assemble(reply, number * LENGTH, LARGE));
    }
    assertTrue(client.isClosedByServer());
  }
}
