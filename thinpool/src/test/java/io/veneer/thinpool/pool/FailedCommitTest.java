// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolListener;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolStatus;
import io.veneer.thinpool.ReadOnlyException;
import io.veneer.thinpool.file.HostFault;
import io.veneer.thinpool.file.WatchedPoolFiles.Call;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A commit that fails ends all commits: the pool can be read, and must be checked. */
class FailedCommitTest {
  private final PoolFixture f = PoolFixture.ofBlocks(4096);

  @BeforeEach
  void givenDurableData() {
    f.create("disk", 256);
    f.fill("disk", 0, 10, 1);
    f.pool.commit();
    f.fill("disk", 20, 10, 2);
  }

  @AfterEach
  void close() {
    f.close();
  }

  private void commitFails() {
    f.memory.failOnce(0, HostFault.IO_ERROR);
    PoolException failed = assertThrows(PoolException.class, () -> f.pool.commit());
    assertEquals(PoolException.Severity.NEEDS_CHECK, failed.severity());
  }

  @Test
  void readsGoOnAndAllChangesAreRefused() {
    commitFails();
    assertEquals(PoolMode.READ_ONLY, f.pool.status().mode());
    f.assertFilled("disk", 0, 5, 1);
    ReadOnlyException refused =
        assertThrows(ReadOnlyException.class, () -> f.fill("disk", 0, 1, 3));
    assertTrue(refused.getMessage().contains("run veneer check"), refused.getMessage());
    assertThrows(PoolException.class, () -> f.create("new", 256));
    assertThrows(PoolException.class, () -> f.discard("disk", 0, 1));
    assertThrows(PoolException.class, () -> f.pool.growData(1L << 30));
    assertThrows(PoolException.class, () -> f.pool.awaitRemovals());
    assertThrows(PoolException.class, () -> f.pool.reserveMetadataSnapshot());
  }

  @Test
  void flushesAndFuaWritesNeverSucceedAgain() {
    commitFails();
    try (BlockDevice device = f.device("disk")) {
      assertThrows(PoolException.class, device::flush);
      assertThrows(PoolException.class, () -> device.write(0, ByteBuffer.allocate(1), true));
      assertThrows(PoolException.class, device::flush);
    }
  }

  @Test
  void closingRecordsThatAPoolNeedsACheckAndTheNextOpeningSaysSo() {
    commitFails();
    f.reopen();
    assertTrue(f.pool.status().needsCheck());
    assertEquals(PoolMode.READ_ONLY, f.pool.status().mode());
    ReadOnlyException refused =
        assertThrows(ReadOnlyException.class, () -> f.fill("disk", 0, 1, 3));
    assertTrue(refused.getMessage().contains("veneer check"), refused.getMessage());
    f.assertFilled("disk", 0, 10, 1);
  }

  @Test
  void backgroundWorkRecordsItToo() {
    commitFails();
    f.pool.tend();
    f.kill();
    assertTrue(f.pool.status().needsCheck());
    f.assertFilled("disk", 0, 10, 1);
  }

  @Test
  void listenersHearOfIt() {
    List<String> heard = new ArrayList<>();
    f.pool.addListener(
        new PoolListener() {
          @Override
          public void modeChanged(PoolMode before, PoolStatus status) {
            heard.add(before + ">" + status.mode());
          }
        });
    commitFails();
    f.pool.tend();
    f.pool.tend();
    assertEquals(List.of("WRITE>READ_ONLY"), heard);
  }

  @Test
  void failedForceOfDataEndsCommitsToo() {
    f.pool.commit();
    f.fill("disk", 40, 1, 3);
    f.memory.failOnce(0, HostFault.IO_ERROR);
    try (BlockDevice device = f.device("disk")) {
      assertThrows(PoolException.class, device::flush);
      assertThrows(PoolException.class, device::flush);
    }
    assertEquals(PoolMode.READ_ONLY, f.pool.status().mode());
  }

  @Test
  void failedForceOfDataWithoutMetadataChangesEndsCommitsToo() {
    f.pool.commit();
    f.memory.failOnce(0, HostFault.IO_ERROR);
    assertThrows(PoolException.class, () -> f.pool.commit());
    assertEquals(PoolMode.READ_ONLY, f.pool.status().mode());
  }

  @Test
  void errorInAChangeLeavesASoundPoolOrOneThatNeedsACheck() {
    int needCheck = 0;
    for (int read = 0; read < 12; read++) {
      needCheck += changeWithError(read) ? 1 : 0;
    }
    assertTrue(needCheck > 0, "some error must come in the middle of a change");
  }

  /** Lets the n-th read of metadata of a copying write fail; tells whether commits ended. */
  private boolean changeWithError(int read) {
    try (PoolFixture g = PoolFixture.ofBlocks(4096)) {
      g.create("disk", 256);
      for (int i = 0; i < 20; i++) {
        g.fill("disk", i, 1, 1); // each opening begins apart: counts are in several blocks
      }
      g.pool.createSnapshot("snap", "disk");
      g.reopen();
      int[] left = {read};
      BlockDevice device = g.device("snap");
      g.files.before(
          call -> {
            if (call == Call.METADATA_READ && left[0]-- == 0) {
              throw new InternalError("a fault occurred in an unsafe memory access operation");
            }
          });
      try {
        device.write(0, ByteBuffer.wrap(PoolFixture.content(9, 9)), false);
      } catch (InternalError expected) {
        // What it leaves is what this is about.
      }
      g.files.before(call -> {});
      boolean ended = g.pool.status().mode() == PoolMode.READ_ONLY;
      g.reopen();
      assertEquals(ended, g.pool.status().needsCheck());
      g.assertFilled("snap", 1, 19, 1);
      g.assertFilled("disk", 0, 20, 1);
      return ended;
    }
  }

  @Test
  void failureThatCannotBeRecordedLosesNothingDurable() {
    f.memory.failFrom(0, HostFault.IO_ERROR);
    assertThrows(PoolException.class, () -> f.pool.commit());
    f.pool.tend();
    f.memory.heal();
    f.kill();
    assertFalse(f.pool.status().needsCheck());
    f.assertFilled("disk", 0, 10, 1);
    f.fill("disk", 0, 10, 4);
  }
}
