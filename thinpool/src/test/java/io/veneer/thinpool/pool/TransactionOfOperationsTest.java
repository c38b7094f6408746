// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.BLOCK;
import static io.veneer.thinpool.pool.PoolFixture.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolOperations;
import io.veneer.thinpool.ReadOnlyException;
import io.veneer.thinpool.file.CrashKind;
import io.veneer.thinpool.file.RecordingPoolFiles;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several operations that become true together or not at all. */
class TransactionOfOperationsTest {
  private final PoolFixture f = PoolFixture.ofBlocks(4096);

  @BeforeEach
  void givenTwoDevices() {
    f.create("a", 256);
    f.create("b", 256);
    f.fill("a", 0, 10, 1);
    f.fill("b", 0, 10, 2);
    f.pool.commit();
  }

  @AfterEach
  void close() {
    f.close();
  }

  private void transact(Consumer<PoolOperations> operations) {
    f.pool.transact(
        list -> {
          operations.accept(list);
          return null;
        });
  }

  private static void change(PoolOperations list) {
    list.createSnapshot("a1", "a");
    list.createSnapshot("b1", "b");
    list.renameDevice("a", "old");
    list.createSnapshot("a2", "a1");
    list.removeDevice("b");
    list.createDevice("b", 2 * MIB);
    list.setAttributes("b", Map.of("kind", "new"));
    list.sealDevice("old");
    list.setQuota("a2", MIB);
    list.setTransactionId(0, 7);
  }

  private void assertChanged() {
    assertEquals(List.of("a1", "a2", "b", "b1", "old"), f.names());
    f.assertFilled("a1", 0, 10, 1);
    f.assertFilled("a2", 0, 10, 1);
    f.assertFilled("old", 0, 10, 1);
    f.assertFilled("b1", 0, 10, 2);
    f.assertZeroes("b", 0, 10);
    assertEquals(2 * MIB, f.pool.device("b").sizeBytes());
    assertEquals("new", f.pool.device("b").attributes().get("kind"));
    assertTrue(f.pool.device("old").sealed());
    assertEquals(MIB, f.pool.device("a2").quotaBytes());
    assertEquals(7, f.pool.status().transactionId());
  }

  private void assertUnchanged() {
    assertEquals(List.of("a", "b"), f.names());
    f.assertFilled("a", 0, 10, 1);
    f.assertFilled("b", 0, 10, 2);
    assertEquals(0, f.pool.status().transactionId());
  }

  @Test
  void allBecomesTrueTogether() {
    transact(TransactionOfOperationsTest::change);
    assertChanged();
    f.reopen();
    assertChanged();
    f.pool.awaitRemovals();
    assertChanged();
  }

  @Test
  void nothingBecomesTrueWhenTheLastIsRefused() {
    long used = f.pool.status().usedMetadataBytes();
    assertThrows(
        PoolException.class,
        () ->
            transact(
                list -> {
                  change(list);
                  list.removeDevice("nobody");
                }));
    assertUnchanged();
    assertEquals(used, f.pool.status().usedMetadataBytes());
    f.fill("a", 3, 1, 1);
    f.reopen();
    assertUnchanged();
  }

  @Test
  void nothingBecomesTrueWhenTheCallerThrows() {
    assertThrows(
        IllegalStateException.class,
        () ->
            transact(
                list -> {
                  change(list);
                  throw new IllegalStateException("changed my mind");
                }));
    assertUnchanged();
    f.fill("b", 3, 1, 2);
  }

  @Test
  void everyCrashStateHasAllOrNothing() {
    f.memory.forgetHistory();
    transact(TransactionOfOperationsTest::change);
    f.pool.commit();
    RecordingPoolFiles before = f.memory;
    int changed = 0;
    for (int point = 0; point <= before.operationCount(); point++) {
      for (var state : before.history().statesAt(point, 7, 2)) {
        changed += isChanged(state.open()) ? 1 : 0;
      }
    }
    assertTrue(changed > 0);
  }

  private static boolean isChanged(RecordingPoolFiles files) {
    try (ThinPool pool = ThinPool.open(files, false)) {
      List<String> names = pool.devices().stream().map(DeviceInfo::name).toList();
      boolean changed = pool.status().transactionId() == 7;
      List<String> expected = changed ? List.of("a1", "a2", "b", "b1", "old") : List.of("a", "b");
      assertEquals(expected, names);
      return changed;
    }
  }

  @Test
  void operationsSeeWhatThoseBeforeThemDid() {
    transact(
        list -> {
          list.createDevice("new", MIB);
          assertEquals(MIB, list.device("new").sizeBytes());
          list.resizeDevice("new", 2 * MIB);
          list.renameDevice("new", "newer");
          assertEquals(2 * MIB, list.device("newer").sizeBytes());
          assertThrows(PoolException.class, () -> list.device("new"));
          list.removeDevice("newer");
          assertThrows(PoolException.class, () -> list.device("newer"));
        });
    assertUnchanged();
    assertEquals(2, f.pool.status().deviceCount());
  }

  @Test
  void refusedOperationThatIsCaughtLeavesTheOthers() {
    transact(
        list -> {
          assertThrows(PoolException.class, () -> list.createDevice("a", MIB));
          list.createDevice("c", MIB);
        });
    assertEquals(List.of("a", "b", "c"), f.names());
  }

  @Test
  void namesCanBeSwapped() {
    transact(
        list -> {
          list.renameDevice("a", "t");
          list.renameDevice("b", "a");
          list.renameDevice("t", "b");
        });
    f.reopen();
    f.assertFilled("a", 0, 10, 2);
    f.assertFilled("b", 0, 10, 1);
  }

  @Test
  void snapshotCanTakeTheNameOfARemovedOrigin() {
    transact(
        list -> {
          list.createSnapshot("t", "a");
          list.removeDevice("a");
          list.renameDevice("t", "a");
        });
    f.pool.awaitRemovals();
    f.reopen();
    f.assertFilled("a", 0, 10, 1);
    assertEquals(List.of("a", "b"), f.names());
  }

  @Test
  void aHundredSnapshotsInOneTransaction() {
    transact(
        list -> {
          for (int i = 0; i < 100; i++) {
            list.createSnapshot("s" + i, i == 0 ? "a" : "s" + (i - 1));
          }
        });
    f.fill("a", 0, 5, 3);
    f.fill("s50", 5, 5, 4);
    f.reopen();
    f.assertFilled("s99", 0, 10, 1);
    f.assertFilled("s50", 0, 5, 1);
    f.assertFilled("s50", 5, 5, 4);
    assertEquals(30, f.usedBlocks());
  }

  @Test
  void transactionIdIsComparedAndSet() {
    transact(list -> list.setTransactionId(0, 5));
    PoolException refused =
        assertThrows(PoolException.class, () -> transact(list -> list.setTransactionId(4, 6)));
    assertTrue(refused.getMessage().contains("expected=4 found=5"), refused.getMessage());
    transact(
        list -> {
          list.setTransactionId(5, 6);
          list.setTransactionId(6, Long.MAX_VALUE);
          list.createDevice("c", MIB);
        });
    f.reopen();
    assertEquals(Long.MAX_VALUE, f.pool.status().transactionId());
    f.create("d", 256);
    assertEquals(Long.MAX_VALUE, f.pool.device("d").createdTransactionId());
    assertEquals(5, f.pool.device("c").createdTransactionId());
  }

  @Test
  void snapshotsInOneTransactionAreOfOnePointInTime() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    try (BlockDevice a = f.device("a");
        BlockDevice b = f.device("b")) {
      Thread writer =
          new Thread(
              () -> {
                for (long i = 1; !stop.get(); i++) {
                  a.write(BLOCK * 20, ByteBuffer.allocate(8).putLong(0, i), false);
                  b.write(BLOCK * 30, ByteBuffer.allocate(8).putLong(0, i), false);
                }
              });
      writer.start();
      for (int i = 0; i < 100; i++) {
        transact(
            list -> {
              list.createSnapshot("sa", "a");
              list.createSnapshot("sb", "b");
            });
        long ahead = number("sa", 20) - number("sb", 30);
        assertTrue(ahead == 0 || ahead == 1, "a is ahead by " + ahead);
        transact(
            list -> {
              list.removeDevice("sa");
              list.removeDevice("sb");
            });
        f.pool.tend();
      }
      stop.set(true);
      writer.join();
    }
    f.pool.awaitRemovals();
    assertUnchanged();
  }

  private long number(String name, int block) {
    return ByteBuffer.wrap(f.readBytes(name, (long) block * BLOCK, 8)).getLong();
  }

  @Test
  void sealedDeviceIsReadOnlyForGoodAndCanBeSnapshotted() {
    try (BlockDevice device = f.device("a")) {
      transact(list -> list.sealDevice("a"));
      assertTrue(device.isReadOnly());
      assertThrows(ReadOnlyException.class, () -> device.write(0, ByteBuffer.allocate(1), false));
      assertThrows(ReadOnlyException.class, () -> device.discard(0, MIB));
    }
    f.reopen();
    assertThrows(ReadOnlyException.class, () -> f.fill("a", 0, 1, 9));
    f.pool.createSnapshot("s", "a");
    f.fill("s", 0, 1, 9);
    f.assertFilled("a", 0, 10, 1);
    transact(list -> list.sealDevice("a"));
    f.pool.removeDevice("a");
    f.pool.awaitRemovals();
    f.assertFilled("s", 1, 9, 1);
  }

  @Test
  void undurableTransactionIsGoneAfterAPowerCutAndThereAfterACommit() {
    transact(TransactionOfOperationsTest::change);
    f.crash(CrashKind.NONE);
    assertUnchanged();
    transact(TransactionOfOperationsTest::change);
    f.pool.commit();
    f.crash(CrashKind.NONE);
    assertChanged();
  }
}
