// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static io.veneer.driver.nbd.ServedPool.BLOCK;
import static io.veneer.driver.nbd.ServedPool.MIB;
import static io.veneer.driver.nbd.ServedPool.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients are told about the ranges of an export. */
@Timeout(60)
class NbdBlockStatusTest {
  private static final int STATUS = NbdProtocol.NBD_CMD_BLOCK_STATUS;
  private static final int REQ_ONE = NbdProtocol.NBD_CMD_FLAG_REQ_ONE;
  private static final String BASE = "base:allocation";
  private static final String SINCE = "veneer:changed-since:";

  @TempDir Path folder;
  private ServedPool served;

  @BeforeEach
  void serve() {
    served = ServedPool.withDisk(folder);
  }

  @AfterEach
  void close() {
    served.close();
  }

  private RawClient client(String export, String... contexts) throws IOException {
    RawClient client = RawClient.connect(served.socket);
    client.greet(3);
    client.option(NbdProtocol.NBD_OPT_STRUCTURED_REPLY);
    assertEquals(contexts.length, client.setContexts(export, contexts).size());
    return client.go(export);
  }

  /** The descriptors, as length in blocks and status, by the id of their context. */
  private static Map<Integer, List<String>> status(
      RawClient client, int flags, long offset, int length) throws IOException {
    RawClient.Reply reply = client.call(STATUS, flags, offset, length);
    assertEquals(0, reply.error());
    Map<Integer, List<String>> all = new TreeMap<>();
    for (RawClient.Chunk chunk : reply.chunks()) {
      ByteBuffer data = chunk.buffer();
      List<String> descriptors = new ArrayList<>();
      all.put(data.getInt(), descriptors);
      while (data.hasRemaining()) {
        long bytes = Integer.toUnsignedLong(data.getInt());
        descriptors.add(bytes / (double) BLOCK + ":" + data.getInt());
      }
    }
    return all;
  }

  @Test
  void allocationTellsDataFromHoles() throws IOException {
    try (RawClient client = client("disk", BASE)) {
      client.write(2 * BLOCK, bytes(3 * BLOCK, 1), 0);
      assertEquals(Map.of(1, List.of("2.0:3", "3.0:0", "1.0:3")), status(client, 0, 0, 6 * BLOCK));
      assertEquals(Map.of(1, List.of("1.5:3", "0.5:0")), status(client, 0, BLOCK / 2, 2 * BLOCK));
      assertEquals(Map.of(1, List.of("2.0:3")), status(client, REQ_ONE, 0, 6 * BLOCK));
    }
  }

  @Test
  void needsAContextAndALength() throws IOException {
    try (RawClient without = served.client("disk");
        RawClient with = client("disk", BASE)) {
      assertEquals(NbdProtocol.NBD_EINVAL, without.call(STATUS, 0, 0, 100).error());
      assertEquals(NbdProtocol.NBD_EINVAL, with.call(STATUS, 0, 0, 0).error());
      assertEquals(NbdProtocol.NBD_EINVAL, with.call(STATUS, 0, 64 * MIB - 10, 11).error());
    }
  }

  @Test
  void contextsOfAnotherExportAreNotTaken() throws IOException {
    served.pool.createDevice("other", MIB);
    try (RawClient client = RawClient.connect(served.socket)) {
      client.greet(3);
      client.option(NbdProtocol.NBD_OPT_STRUCTURED_REPLY);
      client.setContexts("other", BASE);
      client.go("disk");
      assertEquals(NbdProtocol.NBD_EINVAL, client.call(STATUS, 0, 0, 100).error());
    }
  }

  private void makeDays(int count) {
    for (int day = 0; day < count; day++) {
      served.pool.createSnapshot("day" + day, "disk");
    }
  }

  private static String[] sinceDays(int count) {
    String[] contexts = new String[count];
    Arrays.setAll(contexts, day -> SINCE + "day" + day);
    return contexts;
  }

  @Test
  void asManyContextsAsThereAreMayBeListed() throws IOException {
    String[] all = sinceDays(2 * MetaContexts.CONTEXTS_MAX);
    makeDays(all.length);
    try (RawClient client = RawClient.connect(served.socket)) {
      client.greet(3);
      client.option(NbdProtocol.NBD_OPT_STRUCTURED_REPLY);
      int list = NbdProtocol.NBD_OPT_LIST_META_CONTEXT;
      assertEquals(all.length + 1, client.option(list, RawClient.contextData("disk", all)).size());
      assertEquals(all.length + 2, client.option(list, RawClient.contextData("disk")).size());
    }
  }

  @Test
  void moreContextsThanAreServedAreRefusedWithTheLimit() throws IOException {
    String[] all = sinceDays(MetaContexts.CONTEXTS_MAX + 1);
    makeDays(all.length);
    try (RawClient client = client("disk", sinceDays(MetaContexts.CONTEXTS_MAX))) {
      assertEquals(MetaContexts.CONTEXTS_MAX, status(client, 0, 0, BLOCK).size());
    }
    try (RawClient client = RawClient.connect(served.socket)) {
      client.greet(3);
      client.option(NbdProtocol.NBD_OPT_STRUCTURED_REPLY);
      int set = NbdProtocol.NBD_OPT_SET_META_CONTEXT;
      List<RawClient.OptionReply> replies = client.option(set, RawClient.contextData("disk", all));
      assertEquals(1, replies.size());
      assertEquals(NbdProtocol.NBD_REP_ERR_TOO_BIG, replies.get(0).type());
      String text = replies.get(0).text();
      assertTrue(text.contains("contextsMax=" + MetaContexts.CONTEXTS_MAX), text);
    }
  }

  private static byte[][] failingChoices() {
    byte[] unknown = RawClient.contextData("none", BASE);
    byte[] tooMany = RawClient.contextData("disk", sinceDays(MetaContexts.CONTEXTS_MAX + 1));
    return new byte[][] {new byte[3], unknown, tooMany, new byte[MIB]};
  }

  @ParameterizedTest
  @MethodSource("failingChoices")
  void choiceThatFailsDropsTheOneBefore(byte[] choice) throws IOException {
    makeDays(MetaContexts.CONTEXTS_MAX + 1);
    try (RawClient client = RawClient.connect(served.socket)) {
      client.greet(3);
      client.option(NbdProtocol.NBD_OPT_STRUCTURED_REPLY);
      assertEquals(Map.of(BASE, 1), client.setContexts("disk", BASE));
      assertTrue(client.typeOf(NbdProtocol.NBD_OPT_SET_META_CONTEXT, choice) < 0);
      client.go("disk");
      assertEquals(NbdProtocol.NBD_EINVAL, client.call(STATUS, 0, 0, 100).error());
    }
  }

  @Test
  void longAnswersAreCutAndGoOnWhereTheyEnded() throws IOException {
    Files.createDirectory(folder.resolve("small"));
    ServedPool small =
        new ServedPool(folder.resolve("small"), PoolOptions.ofSize(256L * MIB).withBlockSize(4096));
    try (small) {
      small.pool.createDevice("disk", 128L * MIB);
      small.serve();
      try (RawClient client = RawClient.connect(small.socket)) {
        client.greet(3);
        client.option(NbdProtocol.NBD_OPT_STRUCTURED_REPLY);
        client.setContexts("disk", BASE);
        client.go("disk");
        int blocks = 20_000;
        for (int block = 1; block < blocks; block += 2) {
          client.write(block * 4096L, new byte[] {1}, 0);
        }
        int calls = 0;
        long at = 0;
        int seen = 0;
        while (at < blocks * 4096L) {
          RawClient.Reply reply = client.call(STATUS, 0, at, (int) (blocks * 4096L - at));
          ByteBuffer data = reply.chunks().get(0).buffer().position(4);
          while (data.hasRemaining()) {
            at += data.getInt();
            assertEquals(seen++ % 2 == 0 ? 3 : 0, data.getInt());
          }
          calls++;
        }
        assertEquals(blocks, seen);
        assertTrue(calls > 1 && calls < 10, "calls=" + calls);
      }
    }
  }

  @Test
  void changesSinceSnapshotAreFoundWithOwnWrites() throws IOException {
    try (RawClient writer = served.client("disk")) {
      writer.write(0, bytes(8 * BLOCK, 1), 0);
    }
    served.pool.createSnapshot("monday", "disk");
    try (RawClient client = client("disk", BASE, SINCE + "monday")) {
      assertEquals(
          Map.of(1, List.of("8.0:0", "2.0:3"), 2, List.of("10.0:0")),
          status(client, 0, 0, 10 * BLOCK));
      client.write(3 * BLOCK + 5, new byte[] {1}, 0);
      client.call(NbdProtocol.NBD_CMD_TRIM, 0, 5 * BLOCK, BLOCK);
      assertEquals(
          List.of("3.0:0", "1.0:1", "1.0:0", "1.0:1", "4.0:0"),
          status(client, 0, 0, 10 * BLOCK).get(2));
      assertEquals(List.of("0.5:1"), status(client, REQ_ONE, 3 * BLOCK + BLOCK / 2, BLOCK).get(2));
      assertEquals(List.of("59.0:0"), status(client, 0, 5 * MIB, 59 * BLOCK).get(2));
    }
  }

  @Test
  void changesBetweenTwoSnapshotsDoNotMove() throws IOException {
    try (RawClient writer = served.client("disk")) {
      writer.write(0, bytes(8 * BLOCK, 1), 0);
      served.pool.createSnapshot("monday", "disk");
      writer.write(7 * BLOCK, bytes(BLOCK, 2), 0);
      served.pool.createSnapshot("tuesday", "disk");
      writer.write(0, bytes(8 * BLOCK, 3), 0);
    }
    try (RawClient client = client("tuesday", SINCE + "monday")) {
      assertEquals(
          Map.of(1, List.of("7.0:0", "1.0:1", "56.0:0")), status(client, 0, 0, 64 * BLOCK));
    }
  }

  @Test
  void theDevicesThatWereOpenedAreComparedWhateverHasTheirNamesNow() throws IOException {
    served.pool.createSnapshot("monday", "disk");
    try (RawClient client = client("disk", SINCE + "monday")) {
      client.write(2 * BLOCK, bytes(BLOCK, 1), 0);
      List<String> changed = List.of("2.0:0", "1.0:1", "5.0:0");
      assertEquals(changed, status(client, 0, 0, 8 * BLOCK).get(1));
      served.pool.removeDevice("monday");
      served.pool.createSnapshot("monday", "disk");
      served.pool.removeDevice("disk");
      served.pool.createSnapshot("disk", "monday");
      client.write(2 * BLOCK, bytes(BLOCK, 2), 0);
      assertEquals(changed, status(client, 0, 0, 8 * BLOCK).get(1));
    }
    served.pool.awaitRemovals();
    assertEquals(2, served.pool.devices().size(), "and let go of");
    assertEquals(BLOCK, served.pool.status().usedDataBytes());
  }

  @Test
  void comparingWithADeviceThatIsGoneFailsTheRequestOnly() throws IOException {
    served.pool.createSnapshot("monday", "disk");
    try (RawClient client = RawClient.connect(served.socket)) {
      client.greet(3);
      client.option(NbdProtocol.NBD_OPT_STRUCTURED_REPLY);
      client.setContexts("disk", SINCE + "monday");
      served.pool.removeDevice("monday");
      client.go("disk");
      assertEquals(NbdProtocol.NBD_EINVAL, client.call(STATUS, 0, 0, MIB).error());
      assertEquals(NbdProtocol.NBD_EINVAL, client.call(STATUS, 0, 0, MIB).error());
      assertEquals(4, client.read(0, 4).length);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {NbdProtocol.NBD_CMD_WRITE, NbdProtocol.NBD_CMD_WRITE_ZEROES})
  void whatAFailedRequestHasChangedIsTold(int type) throws IOException {
    served.pool.createDevice("filler", 1024L * MIB);
    served.pool.createSnapshot("monday", "disk");
    try (RawClient filler = served.client("filler");
        RawClient client = client("disk", SINCE + "monday")) {
      assertEquals(List.of("8.0:0"), status(client, 0, 0, 8 * BLOCK).get(1));
      int zeroes = NbdProtocol.NBD_CMD_WRITE_ZEROES;
      int noHole = NbdProtocol.NBD_CMD_FLAG_NO_HOLE;
      long room = 1024L * MIB - 4 * BLOCK;
      assertEquals(0, filler.call(zeroes, noHole, 0, (int) room).error());
      int error =
          type == zeroes
              ? client.call(type, noHole, 0, 8 * BLOCK).error()
              : client.write(0, bytes(8 * BLOCK, 1), NbdProtocol.NBD_CMD_FLAG_FUA);
      assertEquals(NbdProtocol.NBD_ENOSPC, error);
      assertEquals(List.of("4.0:1", "4.0:0"), status(client, 0, 0, 8 * BLOCK).get(1));
    }
  }
}
