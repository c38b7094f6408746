// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.driver.socket.SocketFile;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import io.veneer.tools.check.PoolCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;

/** A pool with a control socket, in this process; checked at the end. */
final class ControlFixture implements AutoCloseable {
  static final long MIB = 1L << 20;

  final Path folder;
  final ThinPool pool;
  final ControlRequests requests;
  final ControlServer server;

  ControlFixture(Path parent) {
    folder = parent.resolve("pool");
    ThinPool.create(folder, PoolOptions.ofSize(1024 * MIB));
    pool = ThinPool.open(folder);
    requests = ControlServer.requests(pool);
    server = ControlServer.start(folder, requests);
  }

  ControlClient client() {
    return ControlClient.find(folder).orElseThrow();
  }

  /** A connection that speaks bytes, and has greeted. */
  SocketChannel rawClient() throws IOException {
    SocketChannel channel = rawClientWithoutGreeting();
    channel.write(ControlProtocol.greeting());
    ByteBuffer greeting = ByteBuffer.allocate(ControlProtocol.GREETING_BYTES);
    while (greeting.hasRemaining() && channel.read(greeting) >= 0) {
      continue;
    }
    assertEquals(ControlProtocol.greeting(), greeting.flip());
    return channel;
  }

  SocketChannel rawClientWithoutGreeting() throws IOException {
    return SocketFile.connect(folder.resolve(ControlProtocol.SOCKET_NAME));
  }

  @Override
  public void close() {
    server.close();
    pool.close();
    assertEquals(List.of(), PoolCheck.check(folder).findings());
  }
}
