// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever clients send, the server stays up, and is right for an honest client meanwhile. */
@Timeout(60)
class HostileControlTest {
  @TempDir private Path folder;
  private ControlFixture fixture;

  @BeforeEach
  void serve() {
    fixture = new ControlFixture(folder);
    fixture.pool.createDevice("a", ControlFixture.MIB);
  }

  @AfterEach
  void honestClientIsStillServed() {
    try (ControlFixture ended = fixture;
        ControlClient client = ended.client()) {
      assertEquals(
          List.of("a"), new LivePool(client).devices().stream().map(d -> d.name()).toList());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 0",
    "-1, 0",
    "4194305, 0",
    "2147483647, 2147483647",
    "2, 262145",
    "2, -1",
    "2, 2147483647",
  })
  void lengthsOutOfRangeEndTheConnection(int headerBytes, int payloadBytes) throws IOException {
    try (SocketChannel client = fixture.rawClient()) {
      client.write(ByteBuffer.allocate(64).putInt(headerBytes).putInt(payloadBytes).flip());
      assertEnded(client);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "17",
        "\"status\"",
        "{",
        "{}",
        "{\"type\":null}",
        "{\"type\":{}}",
        "\0\0\0",
        "{\"type\":\"status\"} trailing",
      })
  void headersThatAreNoRequestsEndTheConnection(String header) throws IOException {
    try (SocketChannel client = fixture.rawClient()) {
      client.write(frame(header));
      assertEnded(client);
    }
  }

  @Test
  void deepNestingEndsTheConnection() throws IOException {
    try (SocketChannel client = fixture.rawClient()) {
      client.write(frame("{\"type\":" + "[".repeat(20_000)));
      assertEnded(client);
    }
  }

  @Test
  void anotherGreetingEndsTheConnection() throws IOException {
    try (SocketChannel client = fixture.rawClientWithoutGreeting()) {
      client.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
      client.read(ByteBuffer.allocate(ControlProtocol.GREETING_BYTES));
      assertEnded(client);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"none of ours\"}",
        "{\"type\":\"device\"}",
        "{\"type\":\"device\",\"name\":[]}",
        "{\"type\":\"device\",\"name\":\"\"}",
        "{\"type\":\"device\",\"name\":\"../a\"}",
        "{\"type\":\"apply\"}",
        "{\"type\":\"apply\",\"operations\":{}}",
        "{\"type\":\"apply\",\"operations\":[1]}",
        "{\"type\":\"apply\",\"operations\":[{\"operation\":\"EXPLODE\",\"name\":\"a\"}]}",
        "{\"type\":\"apply\",\"operations\":[{\"operation\":\"REMOVE\",\"name\":\"a\"},{}]}",
        "{\"type\":\"growData\",\"bytes\":-1}",
        "{\"type\":\"growData\",\"bytes\":1e300}",
        "{\"type\":\"growData\",\"bytes\":\"much\"}",
        "{\"type\":\"open\",\"name\":\"a\"}",
        "{\"type\":\"read\",\"device\":1,\"offset\":0,\"lengthBytes\":1}",
        "{\"type\":\"close\",\"device\":4294967297}",
        "{\"type\":\"flush\",\"device\":-1}",
        "{\"type\":\"claim\",\"name\":\"x\"}",
      })
  void wrongRequestsAreAnsweredAndTheNextOneIsServed(String header) throws IOException {
    try (SocketChannel client = fixture.rawClient()) {
      client.write(frame(header));
      FrameChannel frames = new FrameChannel(client, new LargeHeaders(1));
      JsonObject answer = frames.read().header();
      assertThrows(PoolException.class, () -> RemoteErrors.check(answer), answer::toString);
      client.write(frame("{\"type\":\"status\"}"));
      assertTrue(frames.read().header().has("blockSizeBytes"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1048577",
    "1048576, 1",
    "-1, 1",
    "9223372036854775807, 1",
    "1, 9223372036854775807",
    "0, -1",
  })
  void rangesOutsideTheDeviceAreRefused(long offset, long length) throws IOException {
    try (SocketChannel client = fixture.rawClient()) {
      FrameChannel frames = new FrameChannel(client, new LargeHeaders(1));
      client.write(frame("{\"type\":\"open\",\"name\":\"a\",\"readOnly\":false}"));
      assertEquals(1, frames.read().header().get("device").getAsInt());
      String range = ",\"device\":1,\"offset\":" + offset + ",\"lengthBytes\":" + length;
      String flags = ",\"mayUnmap\":true,\"fua\":false}";
      for (String type : List.of("read", "writeZeroes", "discard", "extents")) {
        client.write(frame("{\"type\":\"" + type + "\"" + range + flags));
        JsonObject answer = frames.read().header();
        assertTrue(answer.has(ControlProtocol.ERROR), type + answer);
      }
    }
  }

  @Test
  void aClientThatVanishesInTheMiddleOfABatchChangesNothing() throws IOException {
    JsonArray operations = new JsonArray();
    for (int i = 0; i < 100; i++) {
      RecordedOperations recorded = new RecordedOperations();
      recorded.createDevice("new" + i, ControlFixture.MIB);
      operations.addAll(recorded.operations());
    }
    JsonObject batch = new JsonObject();
    batch.addProperty(ControlProtocol.TYPE, PoolRequests.APPLY);
    batch.add(PoolRequests.OPERATIONS, operations);
    ByteBuffer whole = frame(batch.toString());
    for (int cut = 1; cut < whole.limit(); cut += 1 + whole.limit() / 50) {
      try (SocketChannel client = fixture.rawClient()) {
        client.write(whole.duplicate().limit(cut));
        client.shutdownOutput();
        assertEnded(client);
      }
    }
    assertEquals(1, fixture.pool.devices().size());
  }

  @Test
  void halfClosedClientsGetTheirAnswer() throws IOException {
    try (SocketChannel client = fixture.rawClient()) {
      client.write(frame("{\"type\":\"status\"}"));
      client.shutdownOutput();
      FrameChannel frames = new FrameChannel(client, new LargeHeaders(1));
      assertTrue(frames.read().header().has("mode"));
      assertEquals(null, frames.read());
    }
  }

  /** Each asks for more than a socket holds and reads nothing; others are served all the same. */
  @Test
  void clientsThatNeverReadHoldUpNobody() throws IOException {
    List<SocketChannel> deaf = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        SocketChannel client = fixture.rawClient();
        deaf.add(client);
        client.write(frame("{\"type\":\"open\",\"name\":\"a\",\"readOnly\":true}"));
        client.write(
            frame("{\"type\":\"read\",\"device\":1,\"offset\":0,\"lengthBytes\":1048576}"));
      }
      honestClientWrites();
    } finally {
      for (SocketChannel client : deaf) {
        client.close();
      }
    }
  }

  @Test
  void clientsThatSayHalfALongWordHoldUpNobody() throws IOException {
    List<SocketChannel> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        SocketChannel client = fixture.rawClient();
        slow.add(client);
        client.write(ByteBuffer.allocate(9).putInt(4 << 20).putInt(0).put((byte) '{').flip());
      }
      honestClientWrites();
    } finally {
      for (SocketChannel client : slow) {
        client.close();
      }
    }
  }

  private void honestClientWrites() {
    try (ControlClient client = fixture.client();
        LiveDevice device = LiveDevice.open(client, "a", false)) {
      ByteBuffer bytes = ByteBuffer.wrap("honest".getBytes(StandardCharsets.US_ASCII));
      device.write(4097, bytes, true);
      ByteBuffer back = ByteBuffer.allocate(6);
      device.read(4097, back);
      assertEquals(bytes.flip(), back.flip());
    }
  }

  @Test
  void tooManyClientsAreTurnedAwayAndComeInLater() throws IOException {
    List<SocketChannel> crowd = new ArrayList<>();
    try {
      for (int i = 0; i < 256; i++) {
        crowd.add(fixture.rawClient());
      }
      PoolException refused =
          assertThrows(PoolException.class, () -> new LivePool(fixture.client()).status());
      assertTrue(refused.getMessage().startsWith("too many commands"), refused.getMessage());
    } finally {
      for (SocketChannel client : crowd) {
        client.close();
      }
    }
    while (fixture.server.connectionCount() > 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void randomMessages() throws IOException {
    long seed = Long.getLong("veneer.seed", System.nanoTime());
    Random random = new Random(seed);
    String[] types = {"status", "open", "read", "write", "apply", "extents", "claim", "devices"};
    for (int i = 0; i < 3000; i++) {
      try (SocketChannel client = fixture.rawClient()) {
        ByteBuffer message = frame("{\"type\":\"" + types[random.nextInt(types.length)] + "\"}");
        for (int flips = random.nextInt(4); flips > 0; flips--) {
          message.put(random.nextInt(message.limit()), (byte) random.nextInt(256));
        }
        client.write(message);
        client.shutdownOutput();
      } catch (IOException e) {
        assertTrue(
            String.valueOf(e.getMessage()).contains("Broken pipe"), "seed=" + seed + " " + e);
      }
    }
  }

  /** A server that closes with bytes unread resets the connection. */
  private static void assertEnded(SocketChannel client) throws IOException {
    try {
      assertEquals(-1, client.read(ByteBuffer.allocate(64)));
    } catch (SocketException e) {
      assertTrue(e.getMessage().contains("reset"), e.getMessage());
    }
  }

  private static ByteBuffer frame(String header) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(ControlProtocol.FRAME_PREFIX_BYTES + text.length)
        .putInt(text.length)
        .putInt(0)
        .put(text)
        .flip();
  }
}
