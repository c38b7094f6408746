// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.UnsupportedFormatException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuperblockFormatTest {
  private final Superblock superblock = superblock();

  private static Superblock superblock() {
    Superblock s = new Superblock(-5);
    s.sequence = 42;
    s.blockSizeBytes = 65536;
    s.dataBlocks = 1000;
    s.dataBlocksMax = 1L << 30;
    s.nodeBlocks = 2000;
    s.nodeBlocksMax = 1L << 28;
    return s;
  }

  private static ByteBuffer encoded(Superblock superblock, int slot) {
    ByteBuffer image = BlockHeaderFormat.newBlock();
    SuperblockFormat.encode(superblock, slot, image);
    return image;
  }

  private static String refused(ByteBuffer image) {
    return assertThrows(CorruptMetadataException.class, () -> SuperblockFormat.decode(image, 0))
        .getMessage();
  }

  private String refusedWith(int offset, long value) {
    ByteBuffer image = encoded(superblock, 0);
    return refused(Resealed.in(image.putLong(offset, value)));
  }

  /** All fields by reflection, so that none that is added later is forgotten here. */
  @Test
  void everyFieldComesBack() throws IllegalAccessException {
    Random random = new Random(7);
    Superblock s = superblock();
    for (Field field : Superblock.class.getFields()) {
      boolean free = !Modifier.isFinal(field.getModifiers()) && !isLimited(field.getName());
      if (free && field.getType() == long.class) {
        field.setLong(s, random.nextLong());
      } else if (free && field.getType() == int.class) {
        field.setInt(s, random.nextInt());
      }
    }
    random.nextBytes(s.dataIndexSlots);
    random.nextBytes(s.nodeIndexSlots);
    Superblock back = SuperblockFormat.decode(encoded(s, 1), 1);
    for (Field field : Superblock.class.getFields()) {
      if (field.getType() != byte[].class) {
        assertEquals(field.get(s), field.get(back), field.getName());
      }
    }
    assertArrayEquals(s.dataIndexSlots, back.dataIndexSlots);
    assertArrayEquals(s.nodeIndexSlots, back.nodeIndexSlots);
  }

  private static boolean isLimited(String name) {
    return name.matches("incompatible|blockSizeBytes|(data|node)Blocks(Max)?");
  }

  @Test
  void belongsToItsSlot() {
    ByteBuffer image = encoded(superblock, 0);
    assertThrows(CorruptMetadataException.class, () -> SuperblockFormat.decode(image, 1));
  }

  @Test
  void rejectsWrongChecksum() {
    ByteBuffer image = encoded(superblock, 0);
    image.put(300, (byte) 1);
    assertTrue(refused(image).contains("checksum"));
  }

  @Test
  void rejectsOtherMagic() {
    assertTrue(refusedWith(64, 5).contains("magic"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, -1, Integer.MAX_VALUE})
  void refusesOtherVersionsByName(int version) {
    ByteBuffer image = Resealed.in(encoded(superblock, 0).putInt(72, version));
    UnsupportedFormatException e =
        assertThrows(UnsupportedFormatException.class, () -> SuperblockFormat.decode(image, 0));
    assertTrue(e.getMessage().contains("version=" + version), e.getMessage());
  }

  @Test
  void refusesUnknownIncompatibleFlag() {
    superblock.incompatible = 1L << 40;
    ByteBuffer image = encoded(superblock, 0);
    assertThrows(UnsupportedFormatException.class, () -> SuperblockFormat.decode(image, 0));
  }

  @Test
  void readsOtherUnknownFlags() {
    superblock.readOnlyCompatible = 2;
    superblock.compatible = 3;
    Superblock back = SuperblockFormat.decode(encoded(superblock, 0), 0);
    assertEquals(2, back.readOnlyCompatible);
    assertEquals(3, back.compatible);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2048, 4095, 5000, 1 << 21, Integer.MIN_VALUE})
  void rejectsImpossibleBlockSizes(int bytes) {
    superblock.blockSizeBytes = bytes;
    assertTrue(refused(encoded(superblock, 0)).contains("block size"));
  }

  @Test
  void rejectsImpossibleSizes() {
    assertTrue(refusedWith(112, -1).contains("data size"));
    assertTrue(refusedWith(112, (1L << 30) + 1).contains("data size"));
    assertTrue(refusedWith(120, (1L << 32) + 1).contains("data size"));
    assertTrue(refusedWith(120, Long.MIN_VALUE).contains("data size"));
    assertTrue(refusedWith(128, -1).contains("metadata size"));
    assertTrue(refusedWith(128, (1L << 28) + 1).contains("metadata size"));
    assertTrue(refusedWith(136, (1L << 28) + 1).contains("metadata size"));
  }

  @ParameterizedTest
  @ValueSource(ints = {168, 175, 232, 239, 268, 511, 1536, 4095})
  void rejectsReservedBytes(int offset) {
    ByteBuffer image = Resealed.in(encoded(superblock, 0).put(offset, (byte) 0x80));
    assertTrue(refused(image).contains("reserved byte at offset " + offset));
  }

  @Test
  void slotsOfIndexBlocksDoNotTouchEachOther() {
    byte[] slots = new byte[SuperblockFormat.SLOTS_BYTES];
    Random random = new Random(3);
    int[] expected = new int[slots.length * 4];
    for (int i = 0; i < 20_000; i++) {
      int index = random.nextInt(expected.length);
      expected[index] = random.nextInt(4);
      Superblock.setSlot(slots, index, expected[index]);
    }
    for (int index = 0; index < expected.length; index++) {
      assertEquals(expected[index], Superblock.slot(slots, index), "index " + index);
    }
  }

  @Test
  void slotBitsReachTheLargestPool() {
    long most = PoolGeometry.indexBlocks(MappingEntry.DATA_BLOCKS_MAX);
    assertTrue(most <= SuperblockFormat.SLOTS_BYTES * 4L, most + " index blocks");
  }

  @Test
  void stateBitsAreIndependent() {
    superblock.set(SuperblockFormat.STATE_QUEUE, true);
    superblock.set(SuperblockFormat.STATE_NEEDS_CHECK, true);
    superblock.set(SuperblockFormat.STATE_QUEUE, false);
    Superblock back = SuperblockFormat.decode(encoded(superblock, 0), 0);
    assertTrue(back.is(SuperblockFormat.STATE_NEEDS_CHECK));
    assertFalse(back.is(SuperblockFormat.STATE_QUEUE));
    assertFalse(back.is(SuperblockFormat.STATE_NO_PASSDOWN));
  }
}
