// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Waiting for clients, whatever becomes of the last one. */
@Timeout(60)
class AcceptorTest {
  @TempDir Path folder;
  private ServerSocketChannel channel;
  private Acceptor acceptor;

  @BeforeEach
  void listen() throws IOException {
    channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    channel.bind(UnixDomainSocketAddress.of(folder.resolve("s")));
  }

  @AfterEach
  void close() {
    acceptor.close();
  }

  private void accept(Acceptor.Taker taker) {
    acceptor = new Acceptor(channel, channel, taker);
    acceptor.start();
  }

  /** What the server sends, or -1 if it closes. */
  private int greeting() throws IOException {
    try (SocketChannel client = SocketChannel.open(channel.getLocalAddress())) {
      ByteBuffer received = ByteBuffer.allocate(1);
      return client.read(received) < 0 ? -1 : received.get(0);
    }
  }

  private static void greet(SocketChannel client) throws IOException {
    try (client) {
      client.write(ByteBuffer.wrap(new byte[] {42}));
    }
  }

  @Test
  void clientThatIsNotTakenIsClosedAndOthersAreAccepted() throws IOException {
    Iterator<Acceptor.Taker> takers =
        List.<Acceptor.Taker>of(
                client -> {
                  throw new IllegalStateException("no descriptor");
                },
                client -> {
                  throw new IOException("gone again");
                },
                client -> {
                  throw new OutOfMemoryError("no buffer");
                },
                AcceptorTest::greet)
            .iterator();
    accept(client -> takers.next().take(client));
    assertEquals(-1, greeting());
    assertEquals(-1, greeting());
    assertEquals(-1, greeting());
    assertEquals(42, greeting());
  }
}
