// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import static io.veneer.thinpool.file.MetadataFile.BLOCK_BYTES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every metadata file does. */
abstract class MetadataFileContract {
  private static final long FAR_BLOCK = (40L << 30) / BLOCK_BYTES;

  private PoolFiles files;
  private MetadataFile file;

  /** Makes new, empty files. */
  abstract PoolFiles createFiles();

  @BeforeEach
  void open() {
    files = createFiles();
    file = files.metadata();
  }

  @AfterEach
  void close() {
    files.close();
  }

  @Test
  void isEmptyWhenNew() {
    assertEquals(0, file.lengthBlocks());
    assertEquals(0, file.hostBytes());
  }

  @Test
  void readsZeroesBeyondTheEnd() {
    assertArrayEquals(new byte[BLOCK_BYTES], read(0));
    assertArrayEquals(new byte[BLOCK_BYTES], read(FAR_BLOCK));
    assertEquals(0, file.lengthBlocks(), "reading does not lengthen");
  }

  @Test
  void readsZeroesInAHole() {
    file.reserve(1000, 1);
    assertArrayEquals(new byte[BLOCK_BYTES], read(3));
  }

  @Test
  void readsWhatWasWritten() {
    byte[] written = random(1, BLOCK_BYTES);
    file.reserve(7, 1);
    file.write(7, ByteBuffer.wrap(written));
    assertArrayEquals(written, read(7));
  }

  @Test
  void readsWhatWasWrittenOverARead() {
    file.reserve(0, 1);
    read(0);
    byte[] written = random(2, BLOCK_BYTES);
    file.write(0, ByteBuffer.wrap(written));
    assertArrayEquals(written, read(0));
  }

  @Test
  void writesConsecutiveBlocksFromTheMiddleOfADirectBuffer() {
    byte[] written = random(3, 3 * BLOCK_BYTES);
    ByteBuffer source = ByteBuffer.allocateDirect(5 * BLOCK_BYTES).position(100);
    source.put(written).flip().position(100);
    file.reserve(5, 3);
    file.write(5, source);
    assertEquals(0, source.remaining(), "consumed");
    assertArrayEquals(Arrays.copyOfRange(written, BLOCK_BYTES, 2 * BLOCK_BYTES), read(6));
    assertArrayEquals(Arrays.copyOfRange(written, 2 * BLOCK_BYTES, 3 * BLOCK_BYTES), read(7));
  }

  @Test
  void readsIntoTheMiddleOfABufferAndMovesItsPosition() {
    byte[] written = random(4, BLOCK_BYTES);
    file.reserve(2, 1);
    file.write(2, ByteBuffer.wrap(written));
    for (ByteBuffer target : buffers(2 * BLOCK_BYTES)) {
      target.position(17);
      file.read(2, target);
      assertEquals(17 + BLOCK_BYTES, target.position());
      byte[] got = new byte[BLOCK_BYTES];
      target.get(17, got);
      assertArrayEquals(written, got);
      assertEquals(0, target.get(16));
      assertEquals(0, target.get(17 + BLOCK_BYTES));
    }
  }

  @Test
  void reservingKeepsContentsAndLengthens() {
    byte[] written = random(5, BLOCK_BYTES);
    file.reserve(0, 1);
    file.write(0, ByteBuffer.wrap(written));
    file.reserve(0, 16);
    assertArrayEquals(written, read(0));
    assertTrue(file.lengthBlocks() >= 16, "length " + file.lengthBlocks());
    assertTrue(file.hostBytes() >= 16 * BLOCK_BYTES, "host bytes " + file.hostBytes());
  }

  @Test
  void staysSparseWhenBlocksLieFarApart() {
    byte[] written = random(6, BLOCK_BYTES);
    file.reserve(FAR_BLOCK, 1);
    file.write(FAR_BLOCK, ByteBuffer.wrap(written));
    file.force();
    assertArrayEquals(written, read(FAR_BLOCK));
    assertEquals(FAR_BLOCK + 1, file.lengthBlocks());
    assertTrue(file.hostBytes() < 1 << 20, "host bytes " + file.hostBytes());
  }

  @Test
  void refusesWhatIsNoWholeBlock() {
    file.reserve(0, 1);
    assertThrows(
        IllegalArgumentException.class, () -> file.write(0, ByteBuffer.allocate(BLOCK_BYTES - 1)));
    assertThrows(IllegalArgumentException.class, () -> file.write(0, ByteBuffer.allocate(0)));
    assertThrows(IllegalArgumentException.class, () -> read(-1));
  }

  @Test
  void closesTwice() {
    file.close();
    file.close();
  }

  private byte[] read(long block) {
    byte[] bytes = new byte[BLOCK_BYTES];
    file.read(block, ByteBuffer.wrap(bytes));
    return bytes;
  }

  private static ByteBuffer[] buffers(int capacity) {
    return new ByteBuffer[] {ByteBuffer.allocate(capacity), ByteBuffer.allocateDirect(capacity)};
  }

  static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
