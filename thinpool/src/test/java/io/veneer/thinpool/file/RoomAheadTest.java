// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The room that the data file takes for what is not filled yet, on the host's file system. */
class RoomAheadTest {
  private static final int BLOCK = 64 << 10;
  private static final long CHUNK = 4 << 20;

  /** Of the host's file system, for its own notes on the file. */
  private static final long NOTES_BYTES_MAX = 64 << 10;

  @TempDir Path folder;
  private PoolFiles files;
  private DataFile data;

  @BeforeEach
  void open() {
    Path path = folder.resolve("pool");
    files = HostPoolFiles.create(path);
    data = files.data(BLOCK);
    try (HostFile file = HostFile.open(path.resolve("data"), false)) {
      boolean takesRoom = file.allocateBehind(0, BLOCK) && file.heldBytes() == BLOCK;
      assumeTrue(
          takesRoom && file.fileSystem() == FileSystemKind.IN_PLACE, "no ext4 or xfs: " + path);
      file.setLength(0);
    }
  }

  @AfterEach
  void close() {
    files.close();
  }

  private void fill(long offset) {
    data.writeNew(offset, ByteBuffer.wrap(MetadataFileContract.random(offset, BLOCK)));
  }

  private long fillUpTo(long end) {
    for (long offset = 0; offset < end; offset += BLOCK) {
      fill(offset);
    }
    data.force();
    return data.hostBytes();
  }

  @Test
  void whereOneBlockIsFilledBehindTheOtherRoomIsTakenForTheNext() {
    long held = fillUpTo(CHUNK + BLOCK);
    assertTrue(held >= 2 * CHUNK, "held " + held);
    assertEquals(CHUNK + BLOCK, data.lengthBytes());
  }

  @Test
  void whatIsNotUsedIsGivenBackAtTheEnd() {
    fillUpTo(CHUNK + 3 * BLOCK);
    data.close();
    try (HostFile file = HostFile.open(folder.resolve("pool").resolve("data"), false)) {
      assertEquals(CHUNK + 3 * BLOCK, file.lengthBytes());
      long held = file.heldBytes();
      assertTrue(held <= CHUNK + 3 * BLOCK + NOTES_BYTES_MAX, "held " + held);
    }
  }

  @Test
  void blocksHereAndThereTakeTheirOwn() {
    for (int i = 0; i < 8; i++) {
      fill(2 * i * CHUNK);
      fill((20 - 2 * i) * CHUNK + BLOCK);
    }
    data.force();
    long held = data.hostBytes();
    assertTrue(held <= 16 * BLOCK + NOTES_BYTES_MAX, "held " + held);
  }

  @Test
  void whatWasFilledBeforeStays() {
    fill(CHUNK + 5 * BLOCK);
    fillUpTo(CHUNK + BLOCK);
    ByteBuffer found = ByteBuffer.allocate(BLOCK);
    data.read(CHUNK + 5 * BLOCK, found);
    byte[] expected = MetadataFileContract.random(CHUNK + 5 * BLOCK, BLOCK);
    assertEquals(ByteBuffer.wrap(expected), found.flip());
  }
}
