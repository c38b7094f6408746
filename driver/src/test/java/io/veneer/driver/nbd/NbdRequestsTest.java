// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static io.veneer.driver.nbd.ServedPool.BLOCK;
import static io.veneer.driver.nbd.ServedPool.MIB;
import static io.veneer.driver.nbd.ServedPool.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every request does, and which error each wrong one earns. */
@Timeout(60)
class NbdRequestsTest {
  private static final int READ = NbdProtocol.NBD_CMD_READ;
  private static final int FUA = NbdProtocol.NBD_CMD_FLAG_FUA;
  private static final int DF = NbdProtocol.NBD_CMD_FLAG_DF;
  private static final int NO_HOLE = NbdProtocol.NBD_CMD_FLAG_NO_HOLE;
  private static final int FAST_ZERO = NbdProtocol.NBD_CMD_FLAG_FAST_ZERO;
  private static final int SIZE = 64 * MIB;

  @TempDir Path folder;
  private ServedPool served;
  private RawClient client;
  private RawClient simple;

  @BeforeEach
  void serve() throws IOException {
    served = ServedPool.withDisk(folder);
    client = served.client("disk");
    simple = served.simpleClient("disk");
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    simple.close();
    served.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 511, 512, 4096, 65_535, 65_536, 65_537, 1 << 20, (1 << 20) + 1, 32 << 20})
  void readsWhatWasWritten(int length) throws IOException {
    for (int offset : new int[] {0, 1, BLOCK - 3, 12_345}) {
      byte[] data = bytes(length, offset);
      assertEquals(0, client.write(offset, data, 0));
      assertArrayEquals(data, client.read(offset, length));
      assertArrayEquals(data, simple.read(offset, length));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 65_536, 1 << 20, 3 << 20})
  void writesWithFua(int length) throws IOException {
    byte[] data = bytes(length, 1);
    assertEquals(0, client.write(BLOCK / 2, data, FUA));
    assertEquals(0, simple.write(10 * MIB, data, FUA));
    assertArrayEquals(data, client.read(BLOCK / 2, length));
    assertArrayEquals(data, client.read(10 * MIB, length));
  }

  @Test
  void structuredReadsLeaveOutHoles() throws IOException {
    client.write(BLOCK, bytes(BLOCK, 1), 0);
    RawClient.Reply small = client.call(READ, 0, BLOCK + 10, BLOCK);
    RawClient.Reply large = client.call(READ, 0, 0, 8 * BLOCK);
    for (RawClient.Reply reply : new RawClient.Reply[] {small, large}) {
      assertTrue(reply.has(NbdProtocol.NBD_REPLY_TYPE_OFFSET_DATA));
    }
    assertFalse(small.has(NbdProtocol.NBD_REPLY_TYPE_OFFSET_HOLE)); // only 10 bytes
    assertTrue(large.has(NbdProtocol.NBD_REPLY_TYPE_OFFSET_HOLE));
    byte[] expected = new byte[8 * BLOCK];
    System.arraycopy(bytes(BLOCK, 1), 0, expected, BLOCK, BLOCK);
    assertArrayEquals(expected, RawClient.assemble(large, 0, 8 * BLOCK));
    RawClient.Reply hole = client.call(READ, 0, 20 * BLOCK, BLOCK);
    assertEquals(1, hole.chunks().size());
    assertEquals(NbdProtocol.NBD_REPLY_TYPE_OFFSET_HOLE, hole.chunks().get(0).type());
  }

  @Test
  void unfragmentedReadsAreOneChunkOfData() throws IOException {
    client.write(2 * BLOCK, bytes(BLOCK, 1), 0);
    byte[] expected = new byte[4 * BLOCK];
    System.arraycopy(bytes(BLOCK, 1), 0, expected, 2 * BLOCK, BLOCK);
    for (int length : new int[] {BLOCK, 4 * BLOCK}) {
      RawClient.Reply reply = client.call(READ, DF, 0, length);
      assertFalse(reply.has(NbdProtocol.NBD_REPLY_TYPE_OFFSET_HOLE));
      assertEquals(
          1,
          reply.chunks().stream()
              .filter(chunk -> chunk.type() == NbdProtocol.NBD_REPLY_TYPE_OFFSET_DATA)
              .count());
      assertArrayEquals(Arrays.copyOf(expected, length), RawClient.assemble(reply, 0, length));
    }
  }

  @Test
  void simpleClientsGetSimpleReplies() throws IOException {
    RawClient.Reply reply = simple.call(READ, 0, 0, 100);
    assertTrue(reply.chunks().get(0).isSimple());
    assertEquals(NbdProtocol.NBD_EINVAL, simple.call(READ, 0, SIZE, 1).error());
    assertEquals(NbdProtocol.NBD_EINVAL, simple.call(READ, DF, 0, 100).error());
    assertArrayEquals(new byte[100], simple.read(0, 100));
  }

  @Test
  void requestsOfLengthNothingSucceed() throws IOException {
    assertEquals(0, client.call(READ, 0, 0, 0).error());
    assertEquals(0, simple.call(READ, 0, SIZE, 0).error());
    assertEquals(0, client.write(5, new byte[0], 0));
    assertEquals(0, client.call(NbdProtocol.NBD_CMD_TRIM, 0, 0, 0).error());
    assertEquals(0, client.call(NbdProtocol.NBD_CMD_WRITE_ZEROES, 0, SIZE, 0).error());
    assertEquals(0, client.call(NbdProtocol.NBD_CMD_CACHE, 0, 0, 0).error());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, FUA})
  void trimGivesBlocksBack(int flags) throws IOException {
    client.write(0, bytes(4 * MIB, 1), 0);
    assertEquals(0, client.call(NbdProtocol.NBD_CMD_TRIM, flags, BLOCK, 3 * MIB).error());
    assertEquals(MIB, served.pool.usage("disk").mappedBytes());
    assertArrayEquals(new byte[3 * MIB], client.read(BLOCK, 3 * MIB));
    assertArrayEquals(bytes(BLOCK, 1), client.read(0, BLOCK));
  }

  @Test
  void writeZeroesGivesBlocksBackUnlessTheyAreToStay() throws IOException {
    client.write(0, bytes(4 * MIB, 1), 0);
    int zeroes = NbdProtocol.NBD_CMD_WRITE_ZEROES;
    assertEquals(0, client.call(zeroes, FUA, 0, MIB).error());
    assertEquals(0, client.call(zeroes, FAST_ZERO, MIB, MIB).error());
    assertEquals(2L * MIB, served.pool.usage("disk").mappedBytes());
    assertEquals(0, client.call(zeroes, NO_HOLE, 2 * MIB, MIB).error());
    assertEquals(2L * MIB, served.pool.usage("disk").mappedBytes());
    assertArrayEquals(new byte[3 * MIB], client.read(0, 3 * MIB));
    int slow = client.call(zeroes, NO_HOLE | FAST_ZERO, 3 * MIB, MIB).error();
    assertEquals(NbdProtocol.NBD_ENOTSUP, slow);
    assertArrayEquals(Arrays.copyOfRange(bytes(4 * MIB, 1), 3 * MIB, 4 * MIB), read(3 * MIB));
  }

  private byte[] read(int offset) throws IOException {
    return client.read(offset, MIB);
  }

  @Test
  void zeroesAndTrimsLargerThanAnyPayloadAreDone() throws IOException {
    client.write(0, bytes(SIZE / 2, 1), 0);
    assertEquals(0, client.call(NbdProtocol.NBD_CMD_TRIM, 0, 0, SIZE).error());
    assertEquals(0, served.pool.usage("disk").mappedBytes());
    client.write(0, bytes(MIB, 1), 0);
    assertEquals(0, client.call(NbdProtocol.NBD_CMD_WRITE_ZEROES, 0, 0, SIZE).error());
    assertArrayEquals(new byte[MIB], read(0));
  }

  @Test
  void flushOnOneConnectionCoversAll() throws IOException {
    byte[] data = bytes(MIB, 3);
    assertEquals(0, simple.write(0, data, 0));
    long before = served.pool.status().commitSequence();
    assertEquals(0, client.call(NbdProtocol.NBD_CMD_FLUSH, 0, 0, 0).error());
    assertTrue(served.pool.status().commitSequence() > before);
  }

  @Test
  void cacheIsAnswered() throws IOException {
    client.write(0, bytes(3 * MIB, 1), 0);
    assertEquals(0, client.call(NbdProtocol.NBD_CMD_CACHE, 0, 5, SIZE - 5).error());
    assertEquals(
        NbdProtocol.NBD_EINVAL, client.call(NbdProtocol.NBD_CMD_CACHE, 0, 5, SIZE).error());
  }

  @ParameterizedTest
  @ValueSource(longs = {SIZE - 99, SIZE, Long.MAX_VALUE, Long.MAX_VALUE - 50, -1, -100, -50})
  void rangesOutsideTheExportAreRefused(long offset) throws IOException {
    assertEquals(NbdProtocol.NBD_EINVAL, client.call(READ, 0, offset, 100).error());
    assertEquals(NbdProtocol.NBD_ENOSPC, client.write(offset, new byte[100], 0));
    assertEquals(NbdProtocol.NBD_ENOSPC, simple.write(offset, new byte[100_000], FUA));
    for (int length : new int[] {100, -1}) {
      int zeroes = client.call(NbdProtocol.NBD_CMD_WRITE_ZEROES, 0, offset, length).error();
      assertEquals(NbdProtocol.NBD_ENOSPC, zeroes);
      int trim = client.call(NbdProtocol.NBD_CMD_TRIM, 0, offset, length).error();
      assertEquals(NbdProtocol.NBD_EINVAL, trim);
    }
    assertEquals(0, served.pool.usage("disk").mappedBytes());
  }

  @Test
  void unknownCommandsAndFlagsAreRefused() throws IOException {
    assertEquals(NbdProtocol.NBD_EINVAL, client.call(8, 0, 0, 1).error());
    assertEquals(NbdProtocol.NBD_EINVAL, client.call(65_535, 0, 0, 1).error());
    assertEquals(NbdProtocol.NBD_EINVAL, client.call(READ, 1 << 15, 0, 1).error());
    assertEquals(NbdProtocol.NBD_EINVAL, client.call(READ, NO_HOLE, 0, 1).error());
    assertEquals(NbdProtocol.NBD_EINVAL, client.write(0, new byte[100], DF));
    assertEquals(NbdProtocol.NBD_EINVAL, client.call(NbdProtocol.NBD_CMD_FLUSH, 0, 1, 0).error());
    assertEquals(0, client.call(NbdProtocol.NBD_CMD_FLUSH, FUA, 0, 0).error());
    assertEquals(0, client.call(READ, FUA, 0, 1).error());
  }

  @Test
  void readsThatAreTooLongAreRefused() throws IOException {
    try (RawClient big = bigClient()) {
      int length = (32 << 20) + 1;
      assertEquals(NbdProtocol.NBD_EINVAL, big.call(READ, 0, 0, length).error());
      assertEquals(NbdProtocol.NBD_EOVERFLOW, big.call(READ, DF, 0, length).error());
      assertEquals(NbdProtocol.NBD_EINVAL, big.call(READ, 0, 0, -1).error());
      assertArrayEquals(new byte[10], big.read(0, 10));
    }
  }

  private RawClient bigClient() throws IOException {
    served.pool.createDevice("big", 8192L * MIB);
    return served.client("big");
  }

  @Test
  void writesThatAreTooLongDisconnect() throws IOException {
    client.start(NbdProtocol.NBD_CMD_WRITE, 0, 0, (32 << 20) + 1);
    assertTrue(client.isClosedByServer());
    simple.start(NbdProtocol.NBD_CMD_WRITE, 0, 0, -1);
    assertTrue(simple.isClosedByServer());
  }

  @Test
  void wrongMagicDisconnects() throws IOException {
    client.send(ByteBuffer.allocate(NbdProtocol.REQUEST_BYTES));
    assertTrue(client.isClosedByServer());
  }

  @Test
  void requestsBeforeDisconnectAreAnswered() throws IOException {
    client.start(READ, 0, 0, 100);
    client.start(NbdProtocol.NBD_CMD_FLUSH, 0, 0, 0);
    client.start(NbdProtocol.NBD_CMD_DISC, 0, 0, 0);
    assertEquals(0, client.receiveReply(0).error());
    assertEquals(0, client.receiveReply(0).error());
    assertTrue(client.isClosedByServer());
  }

  @Test
  void halfClosedClientGetsItsReplies() throws IOException {
    client.start(NbdProtocol.NBD_CMD_FLUSH, 0, 0, 0);
    client.start(READ, 0, 0, 3 * MIB);
    client.channel().shutdownOutput();
    int done = 0;
    while (done < 2) {
      done += client.receiveChunk(0).isDone() ? 1 : 0;
    }
    assertTrue(client.isClosedByServer());
  }

  @Test
  void errorsComeWithWords() throws IOException {
    RawClient.Reply reply = client.call(READ, 0, SIZE, 1);
    RawClient.Chunk chunk = reply.chunks().get(0);
    String text = new String(chunk.data(), 6, chunk.data().length - 6, "UTF-8");
    assertTrue(text.contains("sizeBytes=" + SIZE), text);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 65536, true",
    "100, 65536, false",
    "100, 131072, true",
    "0, 0, true",
    "0, 65535, false",
    "67108608, 256, false",
    "67043328, 65536, true"
  })
  void zeroesAreFastWhereAWholeBlockIsUnmapped(int offset, int length, boolean fast)
      throws IOException {
    int error = client.call(NbdProtocol.NBD_CMD_WRITE_ZEROES, FAST_ZERO, offset, length).error();
    assertEquals(fast ? 0 : NbdProtocol.NBD_ENOTSUP, error);
  }

  @Test
  void clientsAreNotToldWhereThePoolLies() throws IOException {
    Throwable failure =
        assertThrows(PoolException.class, () -> served.pool.openDevice("nobody").close());
    assertTrue(failure.getMessage().contains(" pool=/"), failure.getMessage());
    String text = NbdError.text(failure);
    assertTrue(text.endsWith("no such device: name=nobody"), text);
    PoolException more = PoolException.badRequest("wrong: pool=/a b/c name=x file=/d e");
    assertEquals("wrong: name=x", NbdError.text(more));
  }

  @Test
  void manyRequestsAtOnceAreAllAnswered() throws IOException {
    client.write(0, bytes(MIB, 1), 0);
    ByteBuffer all = ByteBuffer.allocate(200 * NbdProtocol.REQUEST_BYTES);
    for (int i = 0; i < 200; i++) {
      all.put(RawClient.request(READ, 0, i, i * 512, 512));
    }
    client.send(all.flip());
    boolean[] seen = new boolean[200];
    for (int i = 0; i < 200; i++) {
      RawClient.Chunk chunk = client.receiveChunk(0);
      int cookie = (int) chunk.cookie();
      byte[] expected = Arrays.copyOfRange(bytes(MIB, 1), cookie * 512, cookie * 512 + 512);
      assertArrayEquals(expected, Arrays.copyOfRange(chunk.data(), 8, 520));
      seen[cookie] = true;
    }
    for (boolean answered : seen) {
      assertTrue(answered);
    }
  }

  @Test
  void readOnlyExportsRefuseChanges() throws IOException {
    served.pool.createSnapshot("sealed", "disk");
    served.pool.transact(
        list -> {
          list.sealDevice("sealed");
          return null;
        });
    try (RawClient sealed = served.client("sealed")) {
      assertEquals(NbdProtocol.NBD_EPERM, sealed.write(0, new byte[100_000], FUA));
      for (int type : new int[] {NbdProtocol.NBD_CMD_TRIM, NbdProtocol.NBD_CMD_WRITE_ZEROES}) {
        assertEquals(NbdProtocol.NBD_EPERM, sealed.call(type, 0, 0, 100).error());
      }
      assertEquals(0, sealed.call(NbdProtocol.NBD_CMD_FLUSH, 0, 0, 0).error());
    }
  }

  @Test
  void shrunkDeviceRefusesWhatItLost() throws IOException {
    served.pool.resizeDevice("disk", 32L * MIB);
    assertEquals(NbdProtocol.NBD_EINVAL, client.call(READ, 0, 40 * MIB, 100).error());
    assertEquals(NbdProtocol.NBD_EINVAL, client.call(READ, 0, 31 * MIB, 2 * MIB).error());
    assertEquals(NbdProtocol.NBD_ENOSPC, client.write(40 * MIB, new byte[100], 0));
    assertEquals(NbdProtocol.NBD_ENOSPC, client.write(40 * MIB, new byte[3 * MIB], 0));
    int zeroes = client.call(NbdProtocol.NBD_CMD_WRITE_ZEROES, 0, 31 * MIB, 2 * MIB).error();
    assertEquals(NbdProtocol.NBD_ENOSPC, zeroes);
    int trim = client.call(NbdProtocol.NBD_CMD_TRIM, 0, 40 * MIB, 100).error();
    assertEquals(NbdProtocol.NBD_EINVAL, trim);
    assertArrayEquals(new byte[100], client.read(0, 100));
    assertEquals(NbdProtocol.NBD_EINVAL, simple.call(READ, 0, 40 * MIB, 2 * MIB).error());
  }
}
