// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static io.veneer.driver.nbd.ServedPool.MIB;
import static io.veneer.driver.nbd.ServedPool.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.driver.meter.Meters;
import io.veneer.thinpool.PoolOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each request is counted once, as what the client asked for, however it is done. */
@Timeout(60)
class NbdFiguresTest {
  private static final int FUA = NbdProtocol.NBD_CMD_FLAG_FUA;

  private final Meters meters = new Meters();

  @TempDir Path folder;
  private ServedPool served;

  @BeforeEach
  void serve() {
    served = new ServedPool(folder, PoolOptions.ofSize(1024L * MIB));
    served.pool.createDevice("disk", 64L * MIB);
    served.serve(
        new PoolExports(served.pool, null), NbdOptions.builder().meter(meters.ofDevices("nbd")));
  }

  @AfterEach
  void close() {
    served.close();
  }

  private long figure(String name) {
    return new String(meters.text(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith("veneer_device_" + name + " "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .findFirst()
        .orElse(0);
  }

  private long requests(String call, String outcome) {
    return figure("requests_total{call=\"" + call + "\",door=\"nbd\",outcome=\"" + outcome + "\"}");
  }

  private long bytesOf(String call) {
    return figure("request_bytes_total{call=\"" + call + "\",door=\"nbd\"}");
  }

  /** Small and in pieces, with FUA, by the reader and by workers. */
  private void work(RawClient client) throws IOException {
    for (int length : new int[] {512, 64 << 10, MIB, 4 * MIB}) {
      assertEquals(0, client.write(0, bytes(length, 1), 0));
      assertEquals(0, client.write(0, bytes(length, 2), FUA));
      client.read(0, length);
    }
    assertEquals(0, client.call(NbdProtocol.NBD_CMD_FLUSH, 0, 0, 0).error());
    assertEquals(0, client.call(NbdProtocol.NBD_CMD_TRIM, 0, 0, 8 * MIB).error());
    assertEquals(0, client.call(NbdProtocol.NBD_CMD_WRITE_ZEROES, FUA, 0, 512).error());
  }

  @Test
  void requestsAndBytesAreCounted() throws IOException {
    try (RawClient client = served.client("disk");
        RawClient simple = served.simpleClient("disk")) {
      work(client);
      work(simple);
      // What is counted after its reply is counted before the next request is read.
      client.call(NbdProtocol.NBD_CMD_FLUSH, 0, 0, 0);
      simple.call(NbdProtocol.NBD_CMD_FLUSH, 0, 0, 0);
    }
    long once = 512 + (64 << 10) + 5L * MIB;
    assertEquals(16, requests("Write", "OK"));
    assertEquals(4 * once, bytesOf("Write"));
    assertEquals(8, requests("Read", "OK"));
    assertEquals(2 * once, bytesOf("Read"));
    assertEquals(4, requests("Flush", "OK"));
    assertEquals(2, requests("Discard", "OK"));
    assertEquals(16L * MIB, bytesOf("Discard"));
    assertEquals(2, requests("WriteZeroes", "OK"));
    assertEquals(16, figure("request_seconds_count{call=\"Write\",door=\"nbd\"}"));
  }

  @Test
  void errorsAreCountedByKind() throws IOException {
    try (RawClient client = served.client("disk")) {
      assertEquals(NbdProtocol.NBD_ENOSPC, client.write(64L * MIB, bytes(512, 1), 0));
      assertEquals(NbdProtocol.NBD_EINVAL, client.call(99, 0, 0, 0).error());
    }
    assertEquals(1, requests("Write", "ENOSPC"));
    assertEquals(0, requests("Write", "OK"));
    assertEquals(0, bytesOf("Write"));
    assertEquals(1, requests("Other", "EINVAL"));
  }
}
