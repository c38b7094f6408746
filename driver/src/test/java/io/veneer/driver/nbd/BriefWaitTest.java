// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looking for input without waiting, on a real socket. */
class BriefWaitTest {
  @TempDir private Path folder;
  private SocketChannel near;
  private SocketChannel far;
  private int descriptor;
  private final BriefWait.Lookouts lookouts = new BriefWait.Lookouts(1);
  private final BriefWait wait = new BriefWait(lookouts);
  private final ByteBuffer target = ByteBuffer.allocateDirect(64);

  @BeforeEach
  void connect() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      far = SocketChannel.open(address);
      near = server.accept();
    }
    descriptor = SocketCalls.descriptorOf(near);
    assertTrue(descriptor >= 0, "no descriptor of a channel: is the JDK's package opened?");
  }

  @AfterEach
  void disconnect() throws IOException {
    near.close();
    far.close();
  }

  private void say(String text) throws IOException {
    far.write(StandardCharsets.UTF_8.encode(text));
  }

  private int look() {
    return wait.receive(descriptor, target, () -> true);
  }

  @Test
  void takesWhatIsThere() throws IOException {
    say("hello");
    assertEquals(5, look());
    assertEquals('h', target.get(0));
    assertEquals(5, target.position());
    say("again");
    assertEquals(5, look());
    assertEquals('a', target.get(5));
  }

  @Test
  void whereLookingWasInVainItIsDoneMoreAndMoreSeldom() throws IOException {
    int calls = 0;
    for (int i = 0; i < 10; i++) {
      assertEquals(0, look());
    }
    say("x");
    while (look() == 0) {
      calls++;
    }
    assertTrue(calls > 0 && calls < 64, "calls=" + calls);
    say("y");
    assertEquals(1, look());
  }

  @Test
  void onlySoManyLookAtOnce() throws IOException {
    say("hello");
    assertTrue(lookouts.tryEnter());
    assertFalse(lookouts.tryEnter());
    assertEquals(0, look());
    lookouts.leave();
    assertEquals(5, look());
  }

  @Test
  void theEndAndAClosedSocketAreLeftToTheCallThatWaits() throws IOException {
    far.close();
    assertEquals(0, look());
    assertEquals(0, SocketCalls.receiveNow(descriptor, target));
    assertTrue(SocketCalls.receiveNow(Integer.MAX_VALUE, target) < 0);
    assertEquals(0, target.position());
  }

  @Test
  void stopsWhenItIsToldTo() {
    assertEquals(0, wait.receive(descriptor, target, () -> false));
  }
}
