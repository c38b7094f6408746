// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.BLOCK;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.file.WatchedPoolFiles;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pool in which many devices are filled at once has its free blocks for who comes late, too. */
class ManyFilledDevicesTest {
  private static final int BLOCKS = 20_000;
  private static final int DEVICES = 120;
  private static final int ROW = 17;

  private final PoolFixture f = PoolFixture.ofBlocks(BLOCKS);
  private final List<BlockDevice> devices = new ArrayList<>();
  private long nextBlock = ROW;

  @BeforeEach
  void begin() {
    for (int i = 0; i < DEVICES; i++) {
      f.create("device" + i, 4000);
      devices.add(f.pool.openDevice("device" + i));
      for (int block = 0; block < ROW; block++) {
        write(devices.get(i), block);
      }
    }
  }

  @AfterEach
  void close() {
    f.close();
  }

  private static void write(BlockDevice device, long block) {
    byte[] content = PoolFixture.content(1, block);
    device.write(block * BLOCK, ByteBuffer.wrap(content), false);
  }

  private void writeOneEach() {
    devices.forEach(device -> write(device, nextBlock));
    nextBlock++;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void writesFindEveryFreeBlockWhileOthersAreFilled(boolean guaranteed) {
    f.create("late", 300);
    f.pool.transact(
        list -> {
          list.setGuarantee("late", guaranteed);
          return null;
        });
    f.files.before(
        call -> {
          if (call == WatchedPoolFiles.Call.DATA_FORCE) {
            writeOneEach(); // while who finds no block waits for a commit
          }
        });
    f.fill("late", 0, 300, 2);
    f.files.before(call -> {});
    f.assertFilled("late", 0, 300, 2);
  }

  @Test
  void noBlockIsLeft() {
    long free = f.freeBlocks();
    f.create("late", 20_000);
    f.fill("late", 0, (int) free, 2);
    assertEquals(0, f.freeBlocks());
    f.assertFilled("late", 0, (int) free, 2);
  }
}
