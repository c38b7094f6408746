// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.driver.meter.DeviceMeter;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Attaches devices as a process of its own, for trying, measuring and killing: {@code AttachPool
 * POOL RUN_FOLDER SIZE_MIB DEVICE...}. Makes the pool and the devices where they are missing;
 * writes itself to the one that is named {@code self}, for as long as it lives, or to {@code
 * synced}, where each single write waits for the device; has the flat file of {@code held} open.
 * Says what it attached, then {@code ready}, and goes when its input ends; it says {@code closed}
 * when it has nothing open any more.
 */
final class AttachPool {
  /** So that it stays open. */
  private static FileChannel held;

  private AttachPool() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    long sizeBytes = Long.parseLong(arguments[2]) << 20;
    if (Files.notExists(folder)) {
      ThinPool.create(folder, PoolOptions.ofSize(8 * sizeBytes));
    }
    try (ThinPool pool = ThinPool.open(folder);
        Attachments attachments =
            Attachments.open(pool, Path.of(arguments[1]), new DeviceMeter("attach"), patience())) {
      attachments.settle();
      for (String device : Arrays.asList(arguments).subList(3, arguments.length)) {
        if (pool.devices().stream().noneMatch(d -> d.name().equals(device))) {
          pool.createDevice(device, sizeBytes);
        }
        if (patience().isPresent()) {
          share(pool, device);
        }
        Attachment made = attachments.attach(device, false, Via.LOOP);
        System.out.println(made.path() + " " + made.file());
        if (device.equals("held")) {
          held = FileChannel.open(made.file(), StandardOpenOption.READ);
        }
        if (device.equals("self")) {
          writeForEver(made.path(), StandardOpenOption.WRITE);
        }
        if (device.equals("synced")) {
          writeForEver(made.path(), StandardOpenOption.WRITE, StandardOpenOption.DSYNC);
        }
      }
      System.out.println("ready");
      while (System.in.read() >= 0) {
        continue;
      }
    }
    System.out.println("closed");
    Thread.sleep(Long.getLong("veneer.linger", 0));
  }

  /** For how long what is attached is kept, if {@code veneer.keep} says so, in seconds. */
  private static Optional<Duration> patience() {
    return Optional.ofNullable(Long.getLong("veneer.keep")).map(Duration::ofSeconds);
  }

  /** After this every block is copied when it is first written, which a kill could undo. */
  private static void share(ThinPool pool, String device) {
    String snapshot = device + "@";
    if (pool.devices().stream().anyMatch(d -> d.name().equals(snapshot))) {
      pool.removeDevice(snapshot);
    }
    pool.createSnapshot(snapshot, device);
  }

  private static void writeForEver(Path path, OpenOption... options) {
    Thread writer =
        new Thread(
            () -> {
              ByteBuffer piece = ByteBuffer.allocateDirect(1 << 20);
              try (FileChannel channel = FileChannel.open(path, options)) {
                while (true) {
                  for (int i = 0; i < 16; i++) {
                    channel.write(piece.clear(), (long) i << 20);
                  }
                  channel.force(false);
                }
              } catch (IOException e) {
                // The process ends.
              }
            });
    writer.setDaemon(true);
    writer.start();
  }
}
