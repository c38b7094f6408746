// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a monitor reads. */
class MetricsServerTest {
  @TempDir Path folder;

  private final Meters meters = new Meters();
  private final HttpClient client = HttpClient.newHttpClient();
  private MetricsServer server;

  @BeforeEach
  void serve() {
    server =
        MetricsServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), meters);
  }

  @AfterEach
  void end() {
    server.close();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private List<String> lines() throws IOException, InterruptedException {
    HttpResponse<String> answer = get("/metrics");
    assertEquals(200, answer.statusCode());
    assertTrue(answer.headers().firstValue("content-type").orElse("").startsWith("text/plain"));
    return answer.body().lines().toList();
  }

  @Test
  void requestsAreCountedByDoorCallAndOutcome() throws Exception {
    RequestMeter door = meters.ofDoor("docker");
    door.answered("Create", "OK", 2_000_000);
    door.answered("Create", "OK", 500);
    door.answered("Create", "NOT_FOUND", 1);
    List<String> lines = lines();
    assertTrue(
        lines.contains("veneer_requests_total{call=\"Create\",door=\"docker\",outcome=\"OK\"} 2.0"),
        lines::toString);
    assertTrue(
        lines.contains("veneer_request_seconds_count{call=\"Create\",door=\"docker\"} 3"),
        lines::toString);
    assertTrue(
        lines.contains(
            "veneer_request_seconds_bucket{call=\"Create\",door=\"docker\",le=\"0.001\"} 2"),
        lines::toString);
  }

  @Test
  void aPoolsSpaceAndWorkAreShown() throws Exception {
    ThinPool.create(folder.resolve("pool"), PoolOptions.ofSize(64 << 20));
    try (ThinPool pool = ThinPool.open(folder.resolve("pool"))) {
      meters.watch(pool);
      pool.createDevice("a", 1 << 20);
      try (BlockDevice device = pool.openDevice("a")) {
        device.write(0, ByteBuffer.allocate(4096).put(0, (byte) 1), false);
      }
      pool.commit();
      List<String> lines = lines();
      assertTrue(lines.contains("veneer_pool_data_used_bytes 65536.0"), lines::toString);
      assertTrue(lines.contains("veneer_pool_devices 1.0"), lines::toString);
      assertTrue(lines.contains("veneer_pool_mode{mode=\"WRITE\"} 1.0"), lines::toString);
      assertTrue(
          lines.stream().anyMatch(line -> line.startsWith("veneer_pool_commits_total ")),
          lines::toString);
    }
    assertEquals(200, get("/metrics").statusCode());
  }

  @Test
  void whatIsNoPageIsRefusedAndTheServerGoesOn() throws Exception {
    assertEquals(404, get("/").statusCode());
    HttpRequest post =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.address().getPort() + "/metrics"))
            .POST(HttpRequest.BodyPublishers.ofString("x"))
            .build();
    assertEquals(405, client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode());
    assertEquals(200, get("/metrics?x=y").statusCode());
  }

  @Test
  void anAddressThatIsTakenIsSaidSo() {
    PoolException refusal =
        assertThrows(PoolException.class, () -> MetricsServer.start(server.address(), meters));
    assertTrue(refusal.getMessage().startsWith("address cannot be listened on"));
  }
}
