// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs each benchmark's body once, small, and compares what it did with what its floor did. */
class BenchmarkBodiesTest {
  private static final long SIZE_BYTES = 8L << 20;
  private static final int BLOCK_BYTES = 64 * 1024;

  @TempDir Path folder;

  @BeforeEach
  void keepFilesInTheTemporaryFolder() {
    System.setProperty(BenchmarkFolder.WHERE, folder.toString());
  }

  @AfterEach
  void forgetTheTemporaryFolder() {
    System.clearProperty(BenchmarkFolder.WHERE);
  }

  @Test
  void readsTheSameFromTheDeviceAndFromTheFile() {
    WrittenDevice device = writtenDevice();
    Cursor cursor = new Cursor();
    RandomRead benchmark = new RandomRead();
    Content.check(benchmark.thin(device, cursor), cursor.offset());
    Content.check(benchmark.mapped(device, cursor), cursor.offset());
    device.tearDown();
  }

  @Test
  void overwritesTheDeviceAndTheFileAlike() {
    WrittenDevice device = writtenDevice();
    WrittenDevice file = writtenDevice();
    Cursor ours = new Cursor();
    Cursor floors = new Cursor();
    RandomOverwrite benchmark = new RandomOverwrite();
    for (int i = 0; i < 10; i++) {
      benchmark.thin(device, ours);
      benchmark.mapped(file, floors);
    }
    assertEquals(ours.offset(), floors.offset());
    assertEquals(all(file.device), all(device.device));
    device.tearDown();
    file.tearDown();
  }

  @Test
  void copiesASharedBlockAsTheFloorDoes() {
    SharedDevice device = sharedDevice();
    WrittenFile source = writtenFile();
    SparseFile copy = sparseFile();
    Cursor ours = new Cursor();
    Cursor floors = new Cursor();
    FirstWriteShared.View view = new FirstWriteShared.View();
    view.setUp(source);
    FirstWriteShared benchmark = new FirstWriteShared();
    benchmark.thin(device, ours);
    benchmark.copied(copy, view, floors);
    assertEquals(
        block(copy.file, 0), block(device.device, device.order.blockOf(0)), "the copied block");
    device.remove();
    copy.empty();
    device.tearDown();
    source.tearDown();
    copy.tearDown();
  }

  @Test
  void provisionsAHoleAsTheFloorDoes() {
    EmptyDevice device = emptyDevice();
    SparseFile file = sparseFile();
    Cursor ours = new Cursor();
    Cursor floors = new Cursor();
    FirstWriteHole.Zeroes zeroes = new FirstWriteHole.Zeroes();
    zeroes.setUp(file);
    FirstWriteHole benchmark = new FirstWriteHole();
    benchmark.thin(device, ours);
    benchmark.zeroed(file, zeroes, floors);
    assertEquals(block(file.file, 0), block(device.device, device.order.blockOf(0)));
    device.remove();
    file.empty();
    device.tearDown();
    file.tearDown();
  }

  @Test
  void writesWholeBlocksWithoutCopyingAsTheFloorDoes() {
    SparseFile file = sparseFile();
    WholeBlockWrite benchmark = new WholeBlockWrite();
    benchmark.plain(file, new WholeBlockWrite.Block());

    EmptyDevice empty = emptyDevice();
    benchmark.thinToHole(empty, new WholeBlockWrite.Block());
    assertEquals(block(file.file, 0), block(empty.device, empty.order.blockOf(0)));
    empty.remove();
    empty.tearDown();

    SharedDevice shared = sharedDevice();
    benchmark.thinToShared(shared, new WholeBlockWrite.Block());
    assertEquals(block(file.file, 0), block(shared.device, shared.order.blockOf(0)));
    assertEquals(0, shared.pool.pool().statistics().copiedBytes());
    shared.remove();
    shared.tearDown();
    file.tearDown();
  }

  @Test
  void refusesMoreFirstWritesThanThereAreBlocks() {
    BlockOrder order = new BlockOrder(2);
    int first = order.blockOf(order.next());
    int second = order.blockOf(order.next());
    assertEquals(1, first + second);
    assertThrows(IllegalStateException.class, order::next);
    order.restart();
    assertEquals(0, order.next());
  }

  @Test
  void takesSnapshotsOfADeviceThatIsMappedFromEndToEnd() {
    SnapshotCreation.Origin origin = new SnapshotCreation.Origin();
    origin.mappedBytes = SIZE_BYTES;
    origin.setUp();
    SnapshotCreation.Written written = new SnapshotCreation.Written();
    written.write(origin, new Cursor());
    SnapshotCreation benchmark = new SnapshotCreation();
    benchmark.afterWrite(origin, written);
    benchmark.again(origin);
    assertEquals(3, origin.pool.pool().devices().size());
    origin.pool.requireUsed(SIZE_BYTES);
    origin.remove();
    assertEquals(1, origin.pool.pool().devices().size());
    origin.tearDown();
  }

  @Test
  void readsTheSameAtEveryDepth() {
    ByteBuffer first = lastLayer(1);
    ByteBuffer last = lastLayer(ReadDepth.DEEP);
    assertEquals(first, last);
  }

  private static ByteBuffer lastLayer(int depth) {
    ReadDepth.Chain chain = new ReadDepth.Chain();
    chain.depth = depth;
    chain.sizeBytes = SIZE_BYTES;
    chain.setUp();
    Cursor cursor = new Cursor();
    new ReadDepth().read(chain, cursor);
    ByteBuffer content = all(chain.device);
    assertEquals(
        content.slice((int) cursor.offset(), cursor.buffer.capacity()), cursor.buffer.clear());
    chain.tearDown();
    return content;
  }

  @Test
  void opensAPoolWhoseProcessIsGone() {
    OpenAfterKill.Killed killed = new OpenAfterKill.Killed();
    killed.mappedBytes = SIZE_BYTES;
    killed.cache = "dropped";
    killed.setUp();
    long dataBytes = killed.path.resolve("data").toFile().length();
    killed.restore();
    Content.check(new OpenAfterKill().open(killed), 0);
    assertTrue(killed.path.resolve("data").toFile().length() < dataBytes, "nothing was cut off");
    killed.close();
    killed.tearDown();
  }

  @Test
  void removesADeviceAndGivesItsRoomBack() {
    DeviceRemoval.Spread spread = new DeviceRemoval.Spread();
    spread.sizeBytes = 16 * SIZE_BYTES;
    spread.ownBytes = SIZE_BYTES;
    spread.setUp();
    spread.create();
    spread.pool.requireUsed(17 * SIZE_BYTES);
    DeviceRemoval benchmark = new DeviceRemoval();
    benchmark.remove(spread);
    spread.check();
    spread.create();
    benchmark.reclaim(spread);
    spread.check();
    spread.tearDown();
  }

  @Test
  void findsTheSameAmountOfChangesHoweverTheyLie() {
    for (String changes : new String[] {"together", "spread"}) {
      SnapshotDifference.Snapshots snapshots = new SnapshotDifference.Snapshots();
      snapshots.mappedBytes = SIZE_BYTES;
      snapshots.changes = changes;
      snapshots.setUp();
      assertEquals(1 << 20, new SnapshotDifference().changed(snapshots));
      snapshots.tearDown();
    }
  }

  @Test
  void flushesTheDeviceAndTheFileAlike() {
    WrittenDevice device = writtenDevice();
    WrittenFile file = writtenFile();
    SharedDevice shared = sharedDevice();
    FlushCost benchmark = new FlushCost();
    benchmark.overwrite(device, new Cursor());
    benchmark.plain(file, new Cursor());
    benchmark.firstWrite(shared, new Cursor());
    assertEquals(all(file.file), all(device.device));
    shared.remove();
    shared.tearDown();
    device.tearDown();
    file.tearDown();
  }

  private static WrittenDevice writtenDevice() {
    WrittenDevice device = new WrittenDevice();
    device.sizeBytes = SIZE_BYTES;
    device.setUp();
    return device;
  }

  private static WrittenFile writtenFile() {
    WrittenFile file = new WrittenFile();
    file.sizeBytes = SIZE_BYTES;
    file.setUp();
    return file;
  }

  private static SharedDevice sharedDevice() {
    SharedDevice device = new SharedDevice();
    device.sizeBytes = SIZE_BYTES;
    device.setUp();
    device.snapshot();
    return device;
  }

  private static EmptyDevice emptyDevice() {
    EmptyDevice device = new EmptyDevice();
    device.sizeBytes = SIZE_BYTES;
    device.setUp();
    device.create();
    return device;
  }

  private static SparseFile sparseFile() {
    SparseFile file = new SparseFile();
    file.sizeBytes = SIZE_BYTES;
    file.setUp();
    return file;
  }

  private static ByteBuffer all(BlockDevice device) {
    ByteBuffer content = ByteBuffer.allocate((int) device.sizeBytes());
    device.read(0, content);
    return content.clear();
  }

  private static ByteBuffer all(FloorFile file) {
    ByteBuffer content = ByteBuffer.allocate((int) file.sizeBytes());
    file.read(content, 0);
    return content.clear();
  }

  private static ByteBuffer block(BlockDevice device, long block) {
    ByteBuffer content = ByteBuffer.allocate(BLOCK_BYTES);
    device.read(block * BLOCK_BYTES, content);
    return content.clear();
  }

  private static ByteBuffer block(FloorFile file, long block) {
    ByteBuffer content = ByteBuffer.allocate(BLOCK_BYTES);
    file.read(content, block * BLOCK_BYTES);
    return content.clear();
  }
}
