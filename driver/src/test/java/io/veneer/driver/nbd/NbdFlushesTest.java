// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static io.veneer.driver.nbd.ServedPool.MIB;
import static io.veneer.driver.nbd.ServedPool.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which requests flush the device before they are answered: all changes with FUA, whatever their
 * length and whoever does them, and no others.
 */
@Timeout(60)
class NbdFlushesTest {
  private static final int FUA = NbdProtocol.NBD_CMD_FLAG_FUA;
  private static final int NO_HOLE = NbdProtocol.NBD_CMD_FLAG_NO_HOLE;
  private static final List<Integer> WRITE_LENGTHS =
      List.of(100, 64 << 10, (64 << 10) + 1, MIB, MIB + 1, 5 * MIB);
  private static final List<Integer> RANGE_LENGTHS = List.of(100, MIB, 5 * MIB);

  @TempDir Path folder;
  private final MemoryDevice device = new MemoryDevice(16 * MIB);
  private NbdServer server;

  @AfterEach
  void close() {
    server.close();
  }

  /** Without buffers for workers, the thread that reads the requests does them all. */
  private RawClient client(boolean structured, boolean workers) throws IOException {
    NbdOptions.Builder options = NbdOptions.builder().socket(folder.resolve("s"));
    server = NbdServer.start(device, (workers ? options : options.workers(1, 0)).build());
    return RawClient.using(folder.resolve("s"), "memory", structured);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void writes(boolean structured, boolean workers) throws IOException {
    try (RawClient client = client(structured, workers)) {
      for (int length : WRITE_LENGTHS) {
        assertEquals(0, client.write(5, bytes(length, 1), 0));
        requireFlushes(0, "write", length);
        assertEquals(0, client.write(5, bytes(length, 2), FUA));
        requireFlushes(1, "write with FUA", length);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void trimsAndZeroes(boolean structured, boolean workers) throws IOException {
    try (RawClient client = client(structured, workers)) {
      for (int length : RANGE_LENGTHS) {
        requireFlushedWithFuaOnly(client, NbdProtocol.NBD_CMD_TRIM, 0, length);
        requireFlushedWithFuaOnly(client, NbdProtocol.NBD_CMD_WRITE_ZEROES, 0, length);
        requireFlushedWithFuaOnly(client, NbdProtocol.NBD_CMD_WRITE_ZEROES, NO_HOLE, length);
      }
    }
  }

  private void requireFlushedWithFuaOnly(RawClient client, int type, int flags, int length)
      throws IOException {
    assertEquals(0, client.call(type, flags, 5, length).error());
    requireFlushes(0, "type=" + type, length);
    assertEquals(0, client.call(type, flags | FUA, 5, length).error());
    requireFlushes(1, "with FUA: type=" + type, length);
  }

  private void requireFlushes(int expected, String request, int length) {
    assertEquals(expected, device.flushes.getAndSet(0), request + " lengthBytes=" + length);
  }
}
