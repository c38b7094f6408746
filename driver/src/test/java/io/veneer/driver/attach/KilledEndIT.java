// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static io.veneer.driver.attach.AttachedPool.MIB;
import static io.veneer.driver.attach.AttachedPool.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers that are killed while they use what they serve: they write back what the kernel holds for
 * a device of theirs, as who is in a hurry kills them when the end takes long, or have its file
 * open.
 */
@Timeout(200)
class KilledEndIT {
  private static final int DEVICE_MIB = 512;
  private static final int DIRTY_MIB = 256;
  private static final int ROUNDS = 3;
  private static final int MILLIS_MAX = 250;

  @TempDir Path folder;
  private AttachServer server;

  @BeforeEach
  void require() {
    AttachedPool.requireKernel();
  }

  /** The next server takes back what is left, whatever state it is in. */
  @AfterEach
  void cleanUp() throws Exception {
    KilledServer.free(folder.resolve("pool").resolve("lock"), folder.resolve("run"));
    AttachServer.start(folder, DEVICE_MIB, "other").close();
    assertEquals(List.of(), AttachedPool.remains(folder.toRealPath()));
  }

  @Test
  void nothingWaitsForOneThatIsGone() throws Exception {
    long seed = Long.getLong("veneer.seed", System.nanoTime());
    System.out.println("repeat with -Dveneer.seed=" + seed);
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      server = AttachServer.start(folder, DEVICE_MIB, "raw");
      makeDirty(server.path(0));
      server.tell();
      Thread.sleep(random.nextInt(MILLIS_MAX));
      assertTrue(server.killWithin(10), "it waits for itself, round " + round);
    }
  }

  /** As it has while it sets up a loop device: of such a file each close waits for an answer. */
  @Test
  void oneThatHasItsOwnFileOpenEnds() throws Exception {
    server = AttachServer.start(folder, DEVICE_MIB, "held");
    assertTrue(server.killWithin(10), "it waits for itself");
  }

  private static void makeDirty(Path device) throws IOException {
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.WRITE)) {
      for (int i = 0; i < DIRTY_MIB; i++) {
        channel.write(ByteBuffer.wrap(bytes(MIB, i)), (long) i << 20);
      }
    }
  }
}
