// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import static io.veneer.thinpool.file.MetadataFileContract.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolIoException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every data file does. */
abstract class DataFileContract {
  private static final int BLOCK = 64 * 1024;
  private static final long GIB = 1L << 30;

  private PoolFiles files;
  private DataFile file;

  /** Makes new, empty files. */
  abstract PoolFiles createFiles();

  @BeforeEach
  void open() {
    files = createFiles();
    file = files.data(BLOCK);
  }

  @AfterEach
  void close() {
    files.close();
  }

  @Test
  void isTheSameFileOnEachCall() {
    assertEquals(file, files.data(BLOCK));
  }

  @Test
  void isEmptyWhenNew() {
    assertEquals(0, file.lengthBytes());
    assertEquals(0, file.hostBytes());
  }

  @Test
  void readsZeroesBeyondTheEndIntoDirtyBuffers() {
    assertArrayEquals(new byte[1000], read(5 * GIB + 77, 1000));
    assertEquals(0, file.lengthBytes(), "reading does not lengthen");
  }

  @Test
  void readsZeroesOnlyBehindTheEnd() {
    byte[] block = random(1, BLOCK);
    file.writeNew(0, ByteBuffer.wrap(block));
    byte[] expected = Arrays.copyOf(Arrays.copyOfRange(block, BLOCK - 10, BLOCK), 50);
    assertArrayEquals(expected, read(BLOCK - 10, 50));
  }

  @Test
  void readsZeroesInAHole() {
    file.writeNew(3 * BLOCK, ByteBuffer.allocate(BLOCK));
    assertArrayEquals(new byte[BLOCK], read(BLOCK, BLOCK));
  }

  @Test
  void writesNewBlocksFromHeapAndDirectBuffers() {
    byte[] bytes = random(2, 3 * BLOCK);
    file.writeNew(2 * BLOCK, ByteBuffer.wrap(bytes));
    file.writeNew(8 * BLOCK, direct(bytes));
    file.writeNew(16 * BLOCK, ByteBuffer.wrap(bytes).asReadOnlyBuffer());
    for (int block : new int[] {2, 8, 16}) {
      assertArrayEquals(bytes, read((long) block * BLOCK, 3 * BLOCK));
    }
    assertEquals(19L * BLOCK, file.lengthBytes());
    assertTrue(file.hostBytes() >= 9 * BLOCK, "host bytes " + file.hostBytes());
  }

  @Test
  void writesManyMebibytesAtOnce() {
    byte[] bytes = random(3, 5 << 20);
    ByteBuffer source = ByteBuffer.wrap(bytes);
    file.writeNew(0, source);
    assertEquals(0, source.remaining());
    assertArrayEquals(bytes, read(0, 5 << 20));
  }

  @Test
  void changesBytesInPlace() {
    byte[] block = random(4, BLOCK);
    file.writeNew(BLOCK, ByteBuffer.wrap(block));
    byte[] change = random(5, 777);
    ByteBuffer source = direct(change);
    file.write(BLOCK + 1234, source);
    assertEquals(0, source.remaining(), "consumed");
    System.arraycopy(change, 0, block, 1234, 777);
    assertArrayEquals(block, read(BLOCK, BLOCK));
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 5000, 3 * BLOCK})
  void changesBytesInSeveralBlocksInARow(int length) {
    byte[] blocks = random(4, 6 * BLOCK);
    file.writeNew(BLOCK, ByteBuffer.wrap(blocks));
    for (int round = 0; round < 3; round++) {
      byte[] change = random(50 + round, length);
      file.write(2 * BLOCK - 50, direct(change));
      System.arraycopy(change, 0, blocks, BLOCK - 50, length);
      assertArrayEquals(blocks, read(BLOCK, 6 * BLOCK));
    }
  }

  @Test
  void changesBytesOnBothSidesOfAGibibyte() {
    for (int round = 0; round < 3; round++) {
      byte[] change = random(60 + round, 8192);
      file.write(GIB - 4096, direct(change));
      assertArrayEquals(change, read(GIB - 4096, 8192));
    }
  }

  @Test
  void changesOnlyWhatRemainsInTheBuffer() {
    file.writeNew(0, ByteBuffer.wrap(random(6, BLOCK)));
    byte[] expected = read(0, BLOCK);
    ByteBuffer source = ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}, 1, 3);
    file.write(10, source);
    expected[10] = 2;
    expected[11] = 3;
    expected[12] = 4;
    assertArrayEquals(expected, read(0, BLOCK));
    assertEquals(4, source.position());
  }

  @Test
  void changesBytesInABlockThatWasNeverFilled() {
    byte[] change = random(7, 100);
    file.write(7 * GIB + 500, ByteBuffer.wrap(change));
    byte[] expected = new byte[BLOCK];
    System.arraycopy(change, 0, expected, 500, 100);
    assertArrayEquals(expected, read(7 * GIB, BLOCK));
    assertTrue(file.lengthBytes() >= 7 * GIB + 600, "length " + file.lengthBytes());
  }

  @Test
  void clearsBytesInPlace() {
    byte[] block = random(8, BLOCK);
    file.writeNew(0, ByteBuffer.wrap(block));
    file.zero(100, BLOCK - 200);
    Arrays.fill(block, 100, BLOCK - 100, (byte) 0);
    assertArrayEquals(block, read(0, BLOCK));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4096, BLOCK - 100})
  void copiesABlockWithBytesReplaced(int patchOffset) {
    byte[] block = random(9, BLOCK);
    file.writeNew(4 * BLOCK, ByteBuffer.wrap(block));
    byte[] patch = random(10, 100);
    Stream.of(ByteBuffer.wrap(patch), direct(patch))
        .forEach(
            each -> {
              file.writeNew(9 * BLOCK, ByteBuffer.wrap(random(11, BLOCK)));
              file.copyPatched(4 * BLOCK, 9 * BLOCK, patchOffset, each);
              assertEquals(0, each.remaining(), "consumed");
              System.arraycopy(patch, 0, block, patchOffset, 100);
              assertArrayEquals(block, read(9 * BLOCK, BLOCK));
            });
  }

  @Test
  void copiesABlockAsItIs() {
    byte[] block = random(12, BLOCK);
    file.writeNew(0, ByteBuffer.wrap(block));
    file.copyPatched(0, BLOCK, 0, ByteBuffer.allocate(0));
    assertArrayEquals(block, read(BLOCK, BLOCK));
  }

  @Test
  void copiesZeroesFromBeyondTheEnd() {
    byte[] patch = random(13, 50);
    file.copyPatched(6 * GIB, 0, 60, ByteBuffer.wrap(patch));
    byte[] expected = new byte[BLOCK];
    System.arraycopy(patch, 0, expected, 60, 50);
    assertArrayEquals(expected, read(0, BLOCK));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4096, BLOCK - 100})
  void fillsABlockWithZeroesAndAPatch(int patchOffset) {
    file.writeNew(2 * BLOCK, ByteBuffer.wrap(random(14, BLOCK)));
    byte[] patch = random(15, 100);
    file.zeroPatched(2 * BLOCK, patchOffset, direct(patch));
    byte[] expected = new byte[BLOCK];
    System.arraycopy(patch, 0, expected, patchOffset, 100);
    assertArrayEquals(expected, read(2 * BLOCK, BLOCK));
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 1 << 20})
  void fillsSmallAndBigBlocks(int blockBytes) {
    try (PoolFiles others = createFiles()) {
      DataFile other = others.data(blockBytes);
      byte[] patch = random(16, 200);
      byte[] block = random(17, blockBytes);
      other.writeNew(blockBytes, ByteBuffer.wrap(block));
      other.copyPatched(blockBytes, 5L * blockBytes, 300, ByteBuffer.wrap(patch));
      other.zeroPatched(blockBytes, 300, ByteBuffer.wrap(patch));
      System.arraycopy(patch, 0, block, 300, 200);
      assertArrayEquals(block, read(other, 5L * blockBytes, blockBytes));
      byte[] zeroed = new byte[blockBytes];
      System.arraycopy(patch, 0, zeroed, 300, 200);
      assertArrayEquals(zeroed, read(other, blockBytes, blockBytes));
    }
  }

  @Test
  void comparesWithoutConsuming() {
    byte[] block = random(18, BLOCK);
    file.writeNew(BLOCK, ByteBuffer.wrap(block));
    for (ByteBuffer expected : List.of(ByteBuffer.wrap(block), direct(block))) {
      assertTrue(file.matches(BLOCK, expected));
      assertEquals(BLOCK, expected.remaining());
      expected.position(5);
      assertTrue(file.matches(BLOCK + 5, expected));
      assertFalse(file.matches(BLOCK + 4, expected));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 255, 256, 4000, BLOCK - 1})
  void seesOneByteThatDiffers(int index) {
    byte[] block = random(19, BLOCK);
    file.writeNew(0, ByteBuffer.wrap(block));
    block[index]++;
    assertFalse(file.matches(0, ByteBuffer.wrap(block)));
  }

  @Test
  void comparesZeroesBeyondTheEnd() {
    file.writeNew(0, ByteBuffer.allocate(BLOCK));
    ByteBuffer expected = ByteBuffer.allocate(2 * BLOCK);
    assertTrue(file.matches(0, expected));
    expected.put(2 * BLOCK - 1, (byte) 1);
    assertFalse(file.matches(0, expected));
    assertFalse(file.matches(9 * GIB, expected));
  }

  @Test
  void reservingKeepsContents() {
    byte[] block = random(20, BLOCK);
    file.writeNew(0, ByteBuffer.wrap(block));
    file.reserve(0, 16 * BLOCK);
    assertArrayEquals(block, read(0, BLOCK));
    assertTrue(file.hostBytes() >= 16 * BLOCK, "host bytes " + file.hostBytes());
  }

  @Test
  void punchedBlocksReadAsZeroesAndTakeNoRoom() {
    file.writeNew(0, ByteBuffer.wrap(random(21, 64 * BLOCK)));
    file.force();
    long before = file.hostBytes();
    file.punch(BLOCK, 62L * BLOCK);
    assertArrayEquals(new byte[62 * BLOCK], read(BLOCK, 62 * BLOCK));
    assertTrue(file.hostBytes() <= before - 60L * BLOCK, file.hostBytes() + " of " + before);
    byte[] change = random(22, 10);
    file.write(5 * BLOCK, ByteBuffer.wrap(change));
    assertArrayEquals(change, read(5 * BLOCK, 10));
  }

  @Test
  void punchingBeyondTheEndDoesNothing() {
    file.punch(3 * GIB, 3 * GIB);
    assertEquals(0, file.lengthBytes());
  }

  @Test
  void truncatedBytesReadAsZeroes() {
    byte[] block = random(23, 4 * BLOCK);
    file.writeNew(0, ByteBuffer.wrap(block));
    read(0, 4 * BLOCK);
    file.truncate(2 * BLOCK);
    assertEquals(2 * BLOCK, file.lengthBytes());
    Arrays.fill(block, 2 * BLOCK, 4 * BLOCK, (byte) 0);
    assertArrayEquals(block, read(0, 4 * BLOCK));
    file.write(3 * BLOCK + 5, ByteBuffer.wrap(new byte[] {9}));
    block[3 * BLOCK + 5] = 9;
    assertArrayEquals(block, read(0, 4 * BLOCK));
  }

  @Test
  void whatWasCutOffIsNotReadAsZeroes() {
    byte[] block = random(25, BLOCK);
    file.writeNew(0, ByteBuffer.wrap(block));
    file.expectLength(3 * BLOCK);
    assertArrayEquals(block, read(0, BLOCK));
    assertThrows(PoolIoException.class, () -> read(BLOCK, 1));
    assertThrows(PoolIoException.class, () -> read(BLOCK - 10, 20));
    assertThrows(PoolIoException.class, () -> read(3 * BLOCK - 1, 2));
    assertArrayEquals(new byte[10], read(3 * BLOCK, 10));
    file.writeNew(2 * BLOCK, ByteBuffer.wrap(block));
    assertArrayEquals(block, read(2 * BLOCK, BLOCK));
  }

  @Test
  void truncatingBehindTheEndDoesNothing() {
    file.writeNew(0, ByteBuffer.allocate(BLOCK));
    file.truncate(GIB);
    assertEquals(BLOCK, file.lengthBytes());
  }

  @Test
  void forcesARangeAndAll() {
    file.writeNew(0, ByteBuffer.wrap(random(24, 4 * BLOCK)));
    file.write(GIB - 10, ByteBuffer.wrap(new byte[10]));
    file.write(GIB, ByteBuffer.wrap(new byte[10]));
    file.force(5, 100);
    file.force(GIB - 10, 20);
    file.force(3 * GIB, 10);
    file.force();
  }

  @Test
  void readsAcrossTheSeamOfSegments() {
    byte[] bytes = random(25, 2 * BLOCK);
    file.writeNew(GIB - BLOCK, ByteBuffer.wrap(bytes));
    assertArrayEquals(bytes, read(GIB - BLOCK, 2 * BLOCK));
    assertTrue(file.matches(GIB - BLOCK, ByteBuffer.wrap(bytes)));
    file.copyPatched(GIB, 4 * GIB - BLOCK, 0, ByteBuffer.allocate(0));
    assertArrayEquals(Arrays.copyOfRange(bytes, BLOCK, 2 * BLOCK), read(4 * GIB - BLOCK, BLOCK));
  }

  @Test
  void refusesRangesThatNoCallerMayAsk() {
    ByteBuffer two = ByteBuffer.allocate(2);
    assertThrows(IllegalArgumentException.class, () -> file.write(-1, two));
    assertThrows(IllegalArgumentException.class, () -> file.zero(-1, 2));
    assertThrows(IllegalArgumentException.class, () -> file.writeNew(0, two));
    assertThrows(IllegalArgumentException.class, () -> file.read(-1, two));
    assertThrows(IllegalArgumentException.class, () -> file.zeroPatched(0, BLOCK - 1, two));
  }

  @Test
  void servesManyThreadsOnTheirOwnBlocks() throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> runs = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int own = thread;
        runs.add(threads.submit(() -> fillAndCheckOwnBlocks(own)));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void fillAndCheckOwnBlocks(int thread) {
    Random random = new Random(thread);
    byte[] patch = new byte[512];
    for (int i = 0; i < 100; i++) {
      long from = (4L * i + thread) * BLOCK;
      long to = from + 1000L * BLOCK;
      byte[] block = random(100 * thread + i, BLOCK);
      file.writeNew(from, ByteBuffer.wrap(block));
      random.nextBytes(patch);
      file.copyPatched(from, to, 512, ByteBuffer.wrap(patch));
      file.write(to + 2048, ByteBuffer.wrap(patch));
      System.arraycopy(patch, 0, block, 512, 512);
      System.arraycopy(patch, 0, block, 2048, 512);
      assertArrayEquals(block, read(to, BLOCK));
    }
  }

  @Test
  void closesTwice() {
    file.close();
    file.close();
  }

  private byte[] read(long offset, int length) {
    return read(file, offset, length);
  }

  /** Reads by way of a heap and a direct buffer with old bytes in them, and compares the two. */
  private static byte[] read(DataFile file, long offset, int length) {
    byte[] bytes = new byte[length + 2];
    Arrays.fill(bytes, (byte) 0x55);
    ByteBuffer heap = ByteBuffer.wrap(bytes, 1, length);
    file.read(offset, heap);
    assertEquals(length + 1, heap.position());
    ByteBuffer direct = ByteBuffer.allocateDirect(length + 2).put(new byte[length]).position(0);
    file.read(offset, direct.limit(length));
    assertEquals(direct.rewind(), ByteBuffer.wrap(bytes, 1, length));
    assertEquals(0x55, bytes[0]);
    assertEquals(0x55, bytes[length + 1]);
    return Arrays.copyOfRange(bytes, 1, length + 1);
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }
}
