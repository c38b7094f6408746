// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.attach.Attachments;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * Mounts, writes to, unmounts and commits one container again and again, until it is killed. Says
 * on its standard output what must be there from then on.
 */
final class MountingProcess {
  static final String CONTAINER = "container";

  /** So that it is mounted for a while. */
  private static final int FURTHER_WRITES = 5;

  private MountingProcess() {}

  /** Arguments: the pool's folder, and the number to begin with. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    ThinPool pool = ThinPool.open(folder);
    Attachments attachments = Attachments.open(pool, folder);
    StorageDriver driver = open(pool, attachments, folder);
    for (int i = Integer.parseInt(arguments[1]); ; i++) {
      Path root = driver.get(CONTAINER);
      write(root.resolve("file" + i), text(i));
      System.out.println("file" + i);
      for (int more = 0; more < FURTHER_WRITES; more++) {
        write(root.resolve("further"), text(more));
      }
      driver.put(CONTAINER);
      driver.commitAndContinue("layer" + i, CONTAINER, Map.of());
      System.out.println("layer" + i);
    }
  }

  static StorageDriver open(ThinPool pool, Attachments attachments, Path folder) {
    return ThinDriver.openMounted(
        pool, attachments, VolumeOptions.ext4(64L << 20), folder.resolve("volumes"));
  }

  static String text(int number) {
    return ("content of " + number + ";").repeat(1000);
  }

  private static void write(Path file, String text) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      channel.force(true);
    }
  }
}
