// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolOptions;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client and the server agree on before the first request. */
@Timeout(60)
class NbdHandshakeTest {
  private static final long MIB = 1L << 20;

  @TempDir Path folder;
  private ServedPool served;

  @BeforeEach
  void serve() {
    served = new ServedPool(folder, PoolOptions.ofSize(1024 * MIB));
    served.pool.createDevice("disk", 64 * MIB);
    served.serve();
  }

  @AfterEach
  void close() {
    served.close();
  }

  private RawClient greeted() throws IOException {
    RawClient client = RawClient.connect(served.socket);
    client.greet(3);
    return client;
  }

  @Test
  void greetsAsFixedNewstyle() throws IOException {
    try (RawClient client = RawClient.connect(served.socket)) {
      ByteBuffer greeting = client.greet(3);
      assertEquals(NbdProtocol.NBDMAGIC, greeting.getLong());
      assertEquals(NbdProtocol.IHAVEOPT, greeting.getLong());
      assertEquals(3, greeting.getShort());
    }
  }

  @Test
  void disconnectsClientWithUnknownFlags() throws IOException {
    try (RawClient client = RawClient.connect(served.socket)) {
      client.greet(4);
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void disconnectsClientWithWrongOptionMagic() throws IOException {
    try (RawClient client = greeted()) {
      client.send(ByteBuffer.allocate(16).putLong(42).flip().limit(16));
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void answersUnknownOptionsAndGoesOn() throws IOException {
    try (RawClient client = greeted()) {
      for (int option : new int[] {0, 4, 11, 77, -1}) {
        assertEquals(NbdProtocol.NBD_REP_ERR_UNSUP, client.typeOf(option, (byte) 1, (byte) 2));
      }
      assertEquals(64 * MIB, client.go("disk").sizeBytes);
    }
  }

  @Test
  void passesOverLongOptionsAndDropsEndlessOnes() throws IOException {
    try (RawClient client = greeted()) {
      int type = client.typeOf(NbdProtocol.NBD_OPT_LIST, new byte[1 << 20]);
      assertEquals(NbdProtocol.NBD_REP_ERR_TOO_BIG, type);
      ByteBuffer endless = ByteBuffer.allocate(16);
      endless.putLong(NbdProtocol.IHAVEOPT).putInt(NbdProtocol.NBD_OPT_LIST).putInt(-1);
      client.send(endless.flip());
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void optionsThatAreTooLongAreAnsweredByWhatTheyAre() throws IOException {
    byte[] tooLong = new byte[1 << 20];
    try (RawClient client = greeted()) {
      for (int option : new int[] {3, 5, 6, 7, 8, 9, 10}) {
        assertEquals(NbdProtocol.NBD_REP_ERR_TOO_BIG, client.typeOf(option, tooLong));
      }
      assertEquals(NbdProtocol.NBD_REP_ERR_UNSUP, client.typeOf(77, tooLong));
      assertEquals(NbdProtocol.NBD_REP_ACK, client.typeOf(NbdProtocol.NBD_OPT_ABORT, tooLong));
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void exportNameThatIsTooLongDisconnects() throws IOException {
    try (RawClient client = greeted()) {
      client.sendOption(NbdProtocol.NBD_OPT_EXPORT_NAME, new byte[49 << 10]);
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void saysUnknownOptionsAsTheyWereSent() throws IOException {
    try (RawClient client = greeted()) {
      assertEquals("option is not known: 4294967295", client.option(-1).get(0).text());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "aa", "aaa"})
  void errorsAreCutBetweenCharacters(String shift) throws IOException {
    served.serve(new MemoryDevice(1 << 20), NbdOptions.builder());
    try (RawClient client = greeted()) {
      byte[] go = RawClient.infoData(shift + "\ud83d\udcbe".repeat(1000));
      byte[] text = client.option(NbdProtocol.NBD_OPT_GO, go).get(0).data();
      assertTrue(text.length > 252 && text.length <= 256, "lengthBytes=" + text.length);
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
    }
  }

  @Test
  void clientsWithoutFixedNewstyleAreServedWhereThereIsNoTls() throws IOException {
    try (RawClient client = RawClient.connect(served.socket)) {
      client.greet(0);
      assertEquals(NbdProtocol.NBD_REP_ERR_POLICY, client.typeOf(NbdProtocol.NBD_OPT_STARTTLS));
      client.sendOption(NbdProtocol.NBD_OPT_EXPORT_NAME, "disk".getBytes(StandardCharsets.UTF_8));
      assertEquals(64 * MIB, client.receive(10 + 124).getLong());
    }
  }

  @Test
  void listsDevices() throws IOException {
    served.pool.createDevice("other", MIB);
    try (RawClient client = greeted()) {
      List<String> names = new ArrayList<>();
      for (RawClient.OptionReply reply : client.option(NbdProtocol.NBD_OPT_LIST)) {
        if (reply.type() == NbdProtocol.NBD_REP_SERVER) {
          ByteBuffer data = reply.buffer();
          assertEquals(data.getInt(), data.remaining());
          names.add(StandardCharsets.UTF_8.decode(data).toString());
        }
      }
      assertEquals(List.of("disk", "other"), names);
      assertEquals(
          NbdProtocol.NBD_REP_ERR_INVALID, client.typeOf(NbdProtocol.NBD_OPT_LIST, (byte) 0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"?", "a b", "ü#%41?x=y", "../disk", "-", "\"'\\", "💾"})
  void servesDevicesWithOddNames(String name) throws IOException {
    served.pool.createDevice(name, 2 * MIB);
    try (RawClient client = served.client(name)) {
      assertEquals(2 * MIB, client.sizeBytes);
      assertEquals(0, client.write(0, new byte[] {1, 2, 3}, 0));
      assertArrayEquals(new byte[] {1, 2, 3, 0}, client.read(0, 4));
    }
  }

  @Test
  void emptyNameIsTheOnlyDevice() throws IOException {
    try (RawClient client = served.client("")) {
      assertEquals(64 * MIB, client.sizeBytes);
    }
    served.pool.createDevice("other", MIB);
    try (RawClient client = greeted()) {
      int type = client.typeOf(NbdProtocol.NBD_OPT_GO, RawClient.infoData(""));
      assertEquals(NbdProtocol.NBD_REP_ERR_UNKNOWN, type);
    }
  }

  @Test
  void unknownExportsAreRefusedWithoutAWordOnWhereThePoolLies() throws IOException {
    try (RawClient client = greeted()) {
      byte[] go = RawClient.infoData("nobody");
      RawClient.OptionReply reply = client.option(NbdProtocol.NBD_OPT_GO, go).get(0);
      assertEquals(NbdProtocol.NBD_REP_ERR_UNKNOWN, reply.type());
      assertTrue(reply.text().endsWith("no such device: name=nobody"), reply.text());
    }
  }

  @Test
  void emptyNameIsTheDefaultExport() throws IOException {
    served.pool.createDevice("other", MIB);
    served.serve(new PoolExports(served.pool, "other"), NbdOptions.builder());
    try (RawClient client = served.client("")) {
      assertEquals(MIB, client.sizeBytes);
    }
  }

  @Test
  void exportNameGetsSizeFlagsAndZeroes() throws IOException {
    try (RawClient client = RawClient.connect(served.socket)) {
      client.greet(1);
      client.sendOption(NbdProtocol.NBD_OPT_EXPORT_NAME, "disk".getBytes(StandardCharsets.UTF_8));
      ByteBuffer reply = client.receive(10 + 124);
      assertEquals(64 * MIB, reply.getLong());
      assertEquals(0, reply.getShort() & NbdProtocol.NBD_FLAG_SEND_DF);
      assertEquals(ByteBuffer.allocate(124), reply.slice());
      assertArrayEquals(new byte[512], client.read(0, 512));
    }
  }

  @Test
  void exportNameThatIsUnknownDisconnects() throws IOException {
    try (RawClient client = greeted()) {
      client.sendOption(NbdProtocol.NBD_OPT_EXPORT_NAME, "none".getBytes(StandardCharsets.UTF_8));
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void infoTellsAllAndLeavesTheClientWhereItIs() throws IOException {
    try (RawClient client = greeted()) {
      client.option(NbdProtocol.NBD_OPT_STRUCTURED_REPLY);
      int flags = 0;
      List<Integer> infos = new ArrayList<>();
      byte[] wanted = RawClient.infoData("", 1, 2, 3, 99);
      for (RawClient.OptionReply reply : client.option(NbdProtocol.NBD_OPT_INFO, wanted)) {
        ByteBuffer data = reply.buffer();
        if (reply.type() == NbdProtocol.NBD_REP_INFO) {
          int info = data.getShort();
          infos.add(info);
          switch (info) {
            case NbdProtocol.NBD_INFO_EXPORT -> {
              assertEquals(64 * MIB, data.getLong());
              flags = Short.toUnsignedInt(data.getShort());
            }
            case NbdProtocol.NBD_INFO_NAME ->
                assertEquals("disk", StandardCharsets.UTF_8.decode(data).toString());
            case NbdProtocol.NBD_INFO_BLOCK_SIZE -> {
              assertEquals(1, data.getInt());
              assertEquals(64 << 10, data.getInt());
              assertEquals(32 << 20, data.getInt());
            }
            default -> assertTrue(data.hasRemaining());
          }
        }
      }
      assertEquals(List.of(0, 1, 2, 3), infos);
      assertEquals(0b1101_1110_1101, flags);
      assertEquals(0, served.pool.device("disk").open());
      client.go("disk");
      assertEquals(1, served.pool.device("disk").open());
    }
  }

  @Test
  void sealedDevicesAndReadOnlyServersGiveReadOnlyExports() throws IOException {
    served.pool.transact(
        list -> {
          list.sealDevice("disk");
          return null;
        });
    try (RawClient client = served.client("disk")) {
      assertEquals(0b101_1000_1111, client.transmissionFlags);
    }
    served.pool.createDevice("other", MIB);
    served.serve(new PoolExports(served.pool, null), NbdOptions.builder().readOnly(true));
    try (RawClient client = served.client("other")) {
      assertEquals(NbdProtocol.NBD_EPERM, client.write(0, new byte[10], 0));
      assertArrayEquals(new byte[10], client.read(0, 10));
    }
  }

  @Test
  void refusesMalformedOptions() throws IOException {
    byte[] shortGo = {0, 0, 0, 9, 'd'};
    byte[] longGo = RawClient.infoData("disk", 1, 2);
    byte[] nameTooLong = ByteBuffer.allocate(5000).putInt(4994).array();
    byte[] hugeLength = {-1, -1, -1, -1, 'd', 0, 0};
    byte[] notUtf8 = {0, 0, 0, 1, (byte) 0xC3, 0, 0};
    byte[] withNul = {0, 0, 0, 1, 0, 0, 0};
    try (RawClient client = greeted()) {
      for (byte[] data :
          List.of(
              new byte[0],
              shortGo,
              java.util.Arrays.copyOf(longGo, longGo.length - 1),
              java.util.Arrays.copyOf(longGo, longGo.length + 1),
              nameTooLong,
              hugeLength,
              notUtf8,
              withNul)) {
        assertEquals(NbdProtocol.NBD_REP_ERR_INVALID, client.typeOf(NbdProtocol.NBD_OPT_GO, data));
      }
      assertEquals(64 * MIB, client.go("disk").sizeBytes);
    }
  }

  @Test
  void abortIsAcknowledged() throws IOException {
    try (RawClient client = greeted()) {
      assertEquals(NbdProtocol.NBD_REP_ACK, client.typeOf(NbdProtocol.NBD_OPT_ABORT));
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void thereIsNoTlsOnUnixSockets() throws IOException {
    try (RawClient client = greeted()) {
      assertEquals(NbdProtocol.NBD_REP_ERR_POLICY, client.typeOf(NbdProtocol.NBD_OPT_STARTTLS));
    }
  }

  private static List<String> names(List<RawClient.OptionReply> replies) {
    return replies.stream()
        .filter(reply -> reply.type() == NbdProtocol.NBD_REP_META_CONTEXT)
        .map(reply -> StandardCharsets.UTF_8.decode(reply.buffer().position(4)).toString())
        .toList();
  }

  @Test
  void metaContextsNeedStructuredReplies() throws IOException {
    try (RawClient client = greeted()) {
      byte[] data = RawClient.contextData("disk", "base:allocation");
      assertEquals(
          NbdProtocol.NBD_REP_ERR_INVALID,
          client.typeOf(NbdProtocol.NBD_OPT_SET_META_CONTEXT, data));
    }
  }

  @Test
  void listsMetaContexts() throws IOException {
    served.pool.createSnapshot("monday", "disk");
    served.pool.createSnapshot("tuesday", "disk");
    try (RawClient client = greeted()) {
      client.option(NbdProtocol.NBD_OPT_STRUCTURED_REPLY);
      assertEquals(
          List.of("base:allocation", "veneer:changed-since:monday", "veneer:changed-since:tuesday"),
          listed(client));
      assertEquals(List.of("base:allocation"), listed(client, "base:"));
      assertEquals(List.of("base:allocation"), listed(client, "base:allocation"));
      assertEquals(2, listed(client, "veneer:").size());
      assertEquals(2, listed(client, "veneer:changed-since:").size());
      assertEquals(
          List.of("veneer:changed-since:monday"), listed(client, "veneer:changed-since:monday"));
      assertEquals(List.of(), listed(client, "qemu:", "base:other", "veneer:changed-since:disk"));
      byte[] unknown = RawClient.contextData("none", "base:");
      assertEquals(
          NbdProtocol.NBD_REP_ERR_UNKNOWN,
          client.typeOf(NbdProtocol.NBD_OPT_LIST_META_CONTEXT, unknown));
    }
  }

  private static List<String> listed(RawClient client, String... queries) throws IOException {
    byte[] data = RawClient.contextData("disk", queries);
    return names(client.option(NbdProtocol.NBD_OPT_LIST_META_CONTEXT, data));
  }

  @Test
  void contextsThatAreChosenGetDifferentIds() throws IOException {
    served.pool.createSnapshot("monday", "disk");
    try (RawClient client = greeted()) {
      client.option(NbdProtocol.NBD_OPT_STRUCTURED_REPLY);
      String changes = "veneer:changed-since:monday";
      var ids = client.setContexts("disk", "base:allocation", "base:allocation", changes, "x-y:z");
      assertEquals(List.of("base:allocation", changes), List.copyOf(ids.keySet()));
      assertEquals(2, ids.values().stream().distinct().count());
      assertEquals(List.of(), List.copyOf(client.setContexts("disk", "base:").keySet()));
    }
  }

  @Test
  void dropsClientThatDoesNotChoose() throws IOException {
    served.serve(
        new PoolExports(served.pool, null),
        NbdOptions.builder().handshakeTimeout(Duration.ofMillis(300)));
    try (RawClient chosen = served.client("disk");
        RawClient idle = greeted()) {
      assertTrue(idle.isClosedByServer());
      assertArrayEquals(new byte[4], chosen.read(0, 4));
    }
  }

  @Test
  void turnsAwayClientsBeyondTheLimit() throws Exception {
    served.serve(new PoolExports(served.pool, null), NbdOptions.builder().connectionsMax(2));
    try (RawClient one = served.client("disk");
        RawClient two = served.client("disk")) {
      try (RawClient three = RawClient.connect(served.socket)) {
        assertThrows(EOFException.class, () -> three.receive(1));
      }
      two.channel().close();
      while (served.server().connectionCount() > 1) {
        Thread.sleep(5);
      }
      try (RawClient four = served.client("disk")) {
        assertArrayEquals(one.read(0, 4), four.read(0, 4));
      }
    }
  }

  @Test
  void laterClientsSeeTheNewSize() throws IOException {
    try (RawClient early = served.client("disk")) {
      served.pool.resizeDevice("disk", 128 * MIB);
      try (RawClient late = served.client("disk")) {
        assertEquals(64 * MIB, early.sizeBytes);
        assertEquals(128 * MIB, late.sizeBytes);
        assertEquals(0, late.write(127 * MIB, new byte[] {7}, 0));
        int readBeyond = early.call(NbdProtocol.NBD_CMD_READ, 0, 127 * MIB, 1).error();
        assertEquals(NbdProtocol.NBD_EINVAL, readBeyond);
      }
    }
  }

  @Test
  void removedDeviceStaysUsableToWhoHasIt() throws IOException {
    try (RawClient client = served.client("disk")) {
      client.write(0, new byte[] {7}, 0);
      served.pool.removeDevice("disk");
      assertArrayEquals(new byte[] {7}, client.read(0, 1));
      assertThrows(IOException.class, () -> served.client("disk"));
    }
  }
}
