// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.format.BlockHeaderFormat.Header;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlockHeaderFormatTest {
  private static final long BLOCK = 1234;
  private static final long POOL = 0x8877665544332211L;
  private static final Header HEADER = new Header(BLOCK, 2, 99, POOL, 504, 17, 3);

  private final ByteBuffer image = BlockHeaderFormat.newBlock();

  private ByteBuffer sealed(BlockType type) {
    new Random(1).nextBytes(image.array());
    BlockHeaderFormat.seal(image, type, HEADER);
    return image;
  }

  private static CorruptMetadataException refused(ByteBuffer image, BlockType type) {
    return assertThrows(
        CorruptMetadataException.class, () -> BlockHeaderFormat.verify(image, type, BLOCK, POOL));
  }

  @ParameterizedTest
  @EnumSource
  void comesBackAsItWasSealed(BlockType type) {
    assertEquals(HEADER, BlockHeaderFormat.verify(sealed(type), type, BLOCK, POOL));
  }

  @Test
  void leavesPositionAndLimitAlone() {
    image.position(7).limit(3000);
    BlockHeaderFormat.seal(image.clear().position(7), BlockType.COUNTS, HEADER);
    assertEquals(7, image.position());
    BlockHeaderFormat.verify(image, BlockType.COUNTS, BLOCK, POOL);
    assertEquals(7, image.position());
  }

  @Test
  void checksumIsThatOfTheCastagnoliPolynomial() {
    ByteBuffer empty = BlockHeaderFormat.newBlock();
    BlockHeaderFormat.seal(empty, BlockType.COUNTS, new Header(0, 0, 0, 0, 0, 0, 0));
    assertEquals(CrcByHand.of(empty.array(), 4), empty.getInt(0));
  }

  @Test
  void rejectsEveryFlippedBit() {
    byte[] bytes = sealed(BlockType.MAPPING_NODE).array();
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      assertEquals(
          "mapping node has wrong checksum", refused(image, BlockType.MAPPING_NODE).problem());
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
  }

  @Test
  void rejectsZeroes() {
    assertEquals("counts block has wrong checksum", refused(image, BlockType.COUNTS).problem());
  }

  @Test
  void rejectsWrongPlace() {
    sealed(BlockType.COUNTS);
    CorruptMetadataException e =
        assertThrows(
            CorruptMetadataException.class,
            () -> BlockHeaderFormat.verify(image, BlockType.COUNTS, 1235, POOL));
    assertEquals(
        "counts block has wrong place: block=1235 expected=1235 found=1234", e.getMessage());
    assertEquals(PoolException.Severity.NEEDS_CHECK, e.severity());
    assertEquals(1235, e.block());
    assertEquals("1235", e.expected());
    assertEquals("1234", e.found());
  }

  @Test
  void rejectsWrongType() {
    CorruptMetadataException e = refused(sealed(BlockType.COUNTS), BlockType.COUNT_INDEX);
    assertEquals("count index block has wrong type", e.problem());
  }

  @Test
  void rejectsBlockOfAnotherPool() {
    sealed(BlockType.COUNTS);
    assertThrows(
        CorruptMetadataException.class,
        () -> BlockHeaderFormat.verify(image, BlockType.COUNTS, BLOCK, 1));
  }

  @Test
  void superblockTellsItsPool() {
    sealed(BlockType.SUPERBLOCK);
    Header header = BlockHeaderFormat.verify(image, BlockType.SUPERBLOCK, BLOCK, 1);
    assertEquals(POOL, header.poolId());
  }

  @Test
  void rejectsReservedBytes() {
    for (int at = BlockHeaderFormat.RESERVED; at < BlockHeaderFormat.LENGTH; at++) {
      sealed(BlockType.COUNTS).put(at, (byte) 1);
      Resealed.in(image);
      assertTrue(refused(image, BlockType.COUNTS).getMessage().contains("reserved"), "at " + at);
    }
  }

  @Test
  void requiresZeroesInARange() {
    image.put(100, (byte) 1).put(110, (byte) 1);
    BlockHeaderFormat.requireZeroes(image, BlockType.COUNTS, BLOCK, 101, 110);
    CorruptMetadataException e =
        assertThrows(
            CorruptMetadataException.class,
            () -> BlockHeaderFormat.requireZeroes(image, BlockType.COUNTS, BLOCK, 101, 111));
    assertTrue(e.getMessage().contains("reserved byte at offset 110"), e.getMessage());
  }
}
