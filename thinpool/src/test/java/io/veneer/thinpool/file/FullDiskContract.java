// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import static io.veneer.thinpool.file.MetadataFileContract.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.PoolLockedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a disk that really is full: errors that say so, a JVM that lives, and going on afterwards. */
abstract class FullDiskContract {
  private static final int BLOCK = 64 * 1024;

  /** Beyond all that is filled, a hole in a file that is long. */
  private static final long HOLE = 40L * BLOCK;

  private static final long END = 80L * BLOCK;

  @TempDir Path temporary;

  private SmallMount mount;
  private PoolFiles files;
  private DataFile data;
  private Path ballast;

  /** Mounts a file system of 16 MiB or so. */
  abstract SmallMount mount(Path folder) throws IOException;

  @BeforeEach
  void fillTheDisk() throws IOException {
    mount = mount(temporary.resolve("mount"));
    files = HostPoolFiles.create(mount.folder().resolve("pool"));
    data = files.data(BLOCK);
    data.writeNew(0, ByteBuffer.wrap(random(1, 4 * BLOCK)));
    data.writeNew(END - BLOCK, ByteBuffer.wrap(random(2, BLOCK)));
    data.force();
    files.metadata().reserve(0, 4);
    ballast = mount.folder().resolve("ballast");
    fill(ballast);
  }

  private static void fill(Path file) throws IOException {
    for (int step = 1 << 20; step > 0; step /= 16) {
      byte[] bytes = new byte[step];
      try (OutputStream out =
          Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        while (true) {
          out.write(bytes);
        }
      } catch (IOException e) {
        assertTrue(Files.size(file) > 0, "no room from the start: " + e);
      }
    }
  }

  @AfterEach
  void unmount() throws IOException {
    if (files != null) {
      files.close();
    }
    if (mount != null) {
      mount.close();
    }
  }

  @Test
  void aStoreIntoAHoleFailsAndWorksOnceThereIsRoom() throws IOException {
    ByteBuffer change = ByteBuffer.wrap(random(3, 4096));
    for (int i = 0; i < 100; i++) {
      assertThrows(HostSpaceException.class, () -> data.write(HOLE + 100, change));
      assertThrows(HostSpaceException.class, () -> data.zero(HOLE + BLOCK, 4096));
    }
    assertEquals(4096, change.remaining(), "not consumed");
    assertArrayEquals(new byte[BLOCK], read(HOLE, BLOCK));
    Files.delete(ballast);
    data.write(HOLE + 100, change);
    assertArrayEquals(random(3, 4096), read(HOLE + 100, 4096));
  }

  @Test
  void fillingNewBlocksFailsAndWorksOnceThereIsRoom() throws IOException {
    ByteBuffer patch = ByteBuffer.wrap(random(4, 100));
    ByteBuffer block = ByteBuffer.wrap(random(5, BLOCK));
    for (int i = 0; i < 20; i++) {
      assertThrows(HostSpaceException.class, () -> data.writeNew(HOLE, block.duplicate()));
      assertThrows(
          HostSpaceException.class,
          () -> data.copyPatched(BLOCK, HOLE + BLOCK, 10, patch.duplicate()));
      assertThrows(
          HostSpaceException.class,
          () -> data.zeroPatched(HOLE + 2 * BLOCK, 10, patch.duplicate()));
      assertThrows(HostSpaceException.class, () -> data.reserve(HOLE + 3 * BLOCK, 4 * BLOCK));
    }
    Files.delete(ballast);
    data.writeNew(HOLE, block.duplicate());
    data.copyPatched(0, HOLE + BLOCK, 10, patch.duplicate());
    data.zeroPatched(HOLE + 2 * BLOCK, 10, patch.duplicate());
    data.reserve(HOLE + 3 * BLOCK, 4 * BLOCK);
    data.force();
    assertArrayEquals(random(5, BLOCK), read(HOLE, BLOCK));
    assertArrayEquals(random(4, 100), read(HOLE + BLOCK + 10, 100));
    assertArrayEquals(random(4, 100), read(HOLE + 2 * BLOCK + 10, 100));
  }

  @Test
  void whatAReservationTookBeforeItFailedCanBeGivenBack() throws IOException {
    try (FileChannel file = FileChannel.open(ballast, StandardOpenOption.WRITE)) {
      file.truncate(file.size() - 16L * BLOCK);
    }
    assertThrows(HostSpaceException.class, () -> data.reserve(END, 64 * BLOCK));
    data.punch(END, 64 * BLOCK);
    ByteBuffer blocks = ByteBuffer.wrap(random(5, 12 * BLOCK));
    data.writeNew(HOLE, blocks);
    data.force();
    assertArrayEquals(random(5, 12 * BLOCK), read(HOLE, 12 * BLOCK));
  }

  @Test
  void reservingMetadataFailsAndWorksOnceThereIsRoom() throws IOException {
    MetadataFile metadata = files.metadata();
    assertThrows(HostSpaceException.class, () -> metadata.reserve(4, 1024));
    metadata.write(2, ByteBuffer.wrap(random(6, MetadataFile.BLOCK_BYTES)));
    metadata.force();
    Files.delete(ballast);
    metadata.reserve(4, 1024);
    metadata.write(1000, ByteBuffer.wrap(random(7, MetadataFile.BLOCK_BYTES)));
  }

  /** A pool that was opened again does not know of it, and must be able to remove a device. */
  @Test
  void metadataThatHasItsRoomCanBeReservedAgain() {
    MetadataFile metadata = files.metadata();
    metadata.write(3, ByteBuffer.wrap(random(6, MetadataFile.BLOCK_BYTES)));
    metadata.reserve(1, 3);
    byte[] block = new byte[MetadataFile.BLOCK_BYTES];
    metadata.read(3, ByteBuffer.wrap(block));
    assertArrayEquals(random(6, MetadataFile.BLOCK_BYTES), block);
  }

  @Test
  void readsAndInPlaceWritesGoOn() {
    assertArrayEquals(random(1, 4 * BLOCK), read(0, 4 * BLOCK));
    data.write(2 * BLOCK, ByteBuffer.wrap(random(8, BLOCK)));
    data.zero(END - BLOCK, 4096);
    data.force();
    assertArrayEquals(random(8, BLOCK), read(2 * BLOCK, BLOCK));
  }

  @Test
  void readingHolesTakesNoRoom() {
    assertArrayEquals(new byte[20 * BLOCK], read(HOLE, 20 * BLOCK));
    assertTrue(data.matches(HOLE, ByteBuffer.allocate(20 * BLOCK)));
    byte[] block = new byte[MetadataFile.BLOCK_BYTES];
    files.metadata().read(3, ByteBuffer.wrap(block));
    assertArrayEquals(new byte[MetadataFile.BLOCK_BYTES], block);
  }

  @Test
  void punchingMakesRoomForOtherBlocks() {
    data.punch(0, 4 * BLOCK);
    data.force();
    data.write(HOLE, ByteBuffer.wrap(random(9, 4096)));
    assertArrayEquals(random(9, 4096), read(HOLE, 4096));
  }

  @Test
  void thePoolOpensForWritingAndItsLockHolds() throws IOException {
    files.close();
    fill(ballast);
    files = HostPoolFiles.open(mount.folder().resolve("pool"), false);
    data = files.data(BLOCK);
    String refused =
        assertThrows(
                PoolLockedException.class,
                () -> HostPoolFiles.open(mount.folder().resolve("pool"), false))
            .getMessage();
    assertTrue(refused.contains("holder=pid " + ProcessHandle.current().pid()), refused);
    data.punch(0, 4 * BLOCK);
    data.force();
    data.write(HOLE, ByteBuffer.wrap(random(9, 4096)));
    files.metadata().write(1, ByteBuffer.wrap(random(6, MetadataFile.BLOCK_BYTES)));
    files.metadata().force();
  }

  private byte[] read(long offset, int length) {
    byte[] bytes = new byte[length];
    data.read(offset, ByteBuffer.wrap(bytes));
    return bytes;
  }
}
