// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * Serves a pool as a process of its own, for trying and measuring: {@code ServePool POOL SOCKET
 * SIZE_MIB DEVICE...}. Makes the pool and the devices where they are missing; a device written as
 * {@code NAME@ORIGIN} is made as a snapshot.
 */
final class ServePool {
  private ServePool() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    long sizeBytes = Long.parseLong(arguments[2]) << 20;
    if (Files.notExists(folder)) {
      ThinPool.create(folder, PoolOptions.ofSize(8 * sizeBytes));
    }
    ThinPool pool = ThinPool.open(folder);
    for (int i = 3; i < arguments.length; i++) {
      make(pool, arguments[i], sizeBytes);
    }
    NbdOptions options = NbdOptions.builder().socket(Path.of(arguments[1])).build();
    NbdServer server = NbdServer.start(new PoolExports(pool, null), options);
    CountDownLatch closed = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.close();
                  pool.close();
                  closed.countDown();
                }));
    System.out.println("ready");
    closed.await();
  }

  private static void make(ThinPool pool, String device, long sizeBytes) {
    String[] nameAndOrigin = device.split("@", 2);
    boolean there = pool.devices().stream().anyMatch(d -> d.name().equals(nameAndOrigin[0]));
    if (there) {
      return;
    }
    if (nameAndOrigin.length == 1) {
      pool.createDevice(nameAndOrigin[0], sizeBytes);
    } else {
      pool.createSnapshot(nameAndOrigin[0], nameAndOrigin[1]);
    }
  }
}
