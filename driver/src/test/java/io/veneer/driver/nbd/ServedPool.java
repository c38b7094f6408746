// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A pool and a server for it, as most tests here want them. */
final class ServedPool implements AutoCloseable {
  static final int BLOCK = 64 << 10;
  static final int MIB = 1 << 20;

  final ThinPool pool;
  final Path socket;
  private final Path folder;
  private NbdServer server;

  ServedPool(Path folder, PoolOptions options) {
    this.folder = folder;
    this.socket = folder.resolve("nbd.sock");
    ThinPool.create(folder.resolve("pool"), options);
    this.pool = ThinPool.open(folder.resolve("pool"));
  }

  /** A pool of 1 GiB with one device of 64 MiB, served. */
  static ServedPool withDisk(Path folder) {
    ServedPool served = new ServedPool(folder, PoolOptions.ofSize(1024L * MIB));
    served.pool.createDevice("disk", 64L * MIB);
    return served.serve();
  }

  ServedPool serve() {
    return serve(new PoolExports(pool, null), NbdOptions.builder());
  }

  ServedPool serve(ExportSource source, NbdOptions.Builder options) {
    if (server != null) {
      server.close();
    }
    server = NbdServer.start(source, options.socket(socket).build());
    return this;
  }

  NbdServer server() {
    return server;
  }

  RawClient client(String export) throws IOException {
    return RawClient.using(socket, export, true);
  }

  RawClient simpleClient(String export) throws IOException {
    return RawClient.using(socket, export, false);
  }

  static byte[] bytes(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  boolean hasSocketFile() {
    return Files.exists(socket);
  }

  Path folder() {
    return folder;
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
    pool.close();
  }
}
