// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static io.veneer.driver.nbd.ServedPool.BLOCK;
import static io.veneer.driver.nbd.ServedPool.MIB;
import static io.veneer.driver.nbd.ServedPool.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.file.CrashKind;
import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a power cut leaves of a pool at the moment in which a client has its reply, if nothing
 * reached the disk that was not forced. "full" has all its blocks durably mapped, so that writes to
 * it are done in place and change no metadata; "empty" has none.
 */
@Timeout(60)
class NbdDurabilityTest {
  private static final int FUA = NbdProtocol.NBD_CMD_FLAG_FUA;
  private static final int NO_HOLE = NbdProtocol.NBD_CMD_FLAG_NO_HOLE;
  private static final int SIZE = 8 * MIB;
  private static final int CLIENTS = 4;

  @TempDir Path folder;
  private final RecordingPoolFiles files = RecordingPoolFiles.create();
  private final byte[] old = bytes(SIZE, 1);
  private ThinPool pool;
  private NbdServer server;

  @BeforeEach
  void serve() {
    ThinPool.create(files, PoolOptions.ofSize(64L * MIB));
    pool = ThinPool.open(files);
    pool.createDevice("full", SIZE);
    pool.createDevice("empty", SIZE);
    try (BlockDevice full = pool.openDevice("full")) {
      full.write(0, ByteBuffer.wrap(old), true);
    }
    files.forgetHistory();
    NbdOptions options = NbdOptions.builder().socket(folder.resolve("s")).build();
    server = NbdServer.start(new PoolExports(pool, null), options);
  }

  @AfterEach
  void close() {
    server.close();
    pool.close();
  }

  private RawClient client(String export, boolean structured) throws IOException {
    return RawClient.using(folder.resolve("s"), export, structured);
  }

  private byte[] afterPowerCut(String name, int offset, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    try (ThinPool found = ThinPool.open(files.reopenAsCrashed(CrashKind.NONE, 0));
        BlockDevice device = found.openDevice(name)) {
      device.read(offset, bytes);
    }
    return bytes.array();
  }

  @ParameterizedTest
  @CsvSource({
    "full, 100",
    "full, 65536",
    "full, 1048576",
    "full, 5242880",
    "empty, 100",
    "empty, 65536",
    "empty, 1048576",
    "empty, 5242880"
  })
  void writesWithFua(String name, int length) throws IOException {
    int seed = 2;
    for (boolean structured : new boolean[] {true, false}) {
      try (RawClient client = client(name, structured)) {
        for (int offset : new int[] {0, BLOCK + 512}) {
          byte[] data = bytes(length, seed++);
          assertEquals(0, client.write(offset, data, FUA));
          assertArrayEquals(data, afterPowerCut(name, offset, length));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, BLOCK, MIB, 5 * MIB})
  void trimsWithFua(int length) throws IOException {
    try (RawClient client = client("full", true)) {
      assertEquals(0, client.call(NbdProtocol.NBD_CMD_TRIM, FUA, BLOCK, length).error());
      byte[] seen = client.read(BLOCK, length); // parts of blocks may stay
      assertArrayEquals(seen, afterPowerCut("full", BLOCK, length));
    }
    int whole = length / BLOCK * BLOCK;
    assertArrayEquals(new byte[whole], afterPowerCut("full", BLOCK, whole));
  }

  @ParameterizedTest
  @CsvSource({
    "false, 100",
    "false, 65536",
    "false, 5242880",
    "true, 100",
    "true, 65536",
    "true, 5242880"
  })
  void zeroesWithFua(boolean keepSpace, int length) throws IOException {
    int type = NbdProtocol.NBD_CMD_WRITE_ZEROES;
    int flags = keepSpace ? NO_HOLE : 0;
    try (RawClient client = client("full", true)) {
      for (int offset : new int[] {0, BLOCK + 512}) {
        assertEquals(0, client.call(type, flags | FUA, offset, length).error());
        assertArrayEquals(new byte[length], afterPowerCut("full", offset, length));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "empty"})
  void aFlushOnOneConnectionCoversWhatWasAnsweredOnOthers(String name) throws IOException {
    List<RawClient> clients = new ArrayList<>();
    try (RawClient flushing = client(name, true)) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(client(name, i % 2 == 0));
        assertEquals(0, clients.get(i).write(i * MIB, bytes(MIB, 10 + i), 0));
        assertEquals(0, clients.get(i).write(i * MIB + 7, bytes(100, 20 + i), 0));
      }
      assertEquals(0, flushing.call(NbdProtocol.NBD_CMD_FLUSH, 0, 0, 0).error());
      for (int i = 0; i < CLIENTS; i++) {
        byte[] expected = bytes(MIB, 10 + i);
        System.arraycopy(bytes(100, 20 + i), 0, expected, 7, 100);
        assertArrayEquals(expected, afterPowerCut(name, i * MIB, MIB));
      }
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
  }
}
