// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import static io.veneer.thinpool.file.MetadataFileContract.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolIoException;
import io.veneer.thinpool.PoolLockedException;
import io.veneer.thinpool.ReadOnlyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pool's folder: what is made, who may open it, and what is said to those who may not. */
class HostPoolFilesTest {
  private static final int BLOCK = 64 * 1024;

  @TempDir Path temporary;

  @Test
  void keepsWhatWasWrittenForTheNextOpening() {
    byte[] bytes = random(1, BLOCK);
    try (PoolFiles files = HostPoolFiles.create(pool())) {
      files.metadata().reserve(2, 16);
      files.metadata().write(2, ByteBuffer.wrap(bytes));
      files.data(BLOCK).writeNew(3 * BLOCK, ByteBuffer.wrap(bytes));
    }
    try (PoolFiles files = HostPoolFiles.open(pool(), false)) {
      assertEquals(18, files.metadata().lengthBlocks());
      assertTrue(files.data(BLOCK).matches(3 * BLOCK, ByteBuffer.wrap(bytes)));
      files.data(BLOCK).write(3 * BLOCK, ByteBuffer.wrap(new byte[] {1}));
      assertEquals(4 * BLOCK, files.data(BLOCK).lengthBytes());
    }
  }

  @Test
  void createsInAnEmptyFolderThatIsThere() throws IOException {
    Files.createDirectory(pool());
    HostPoolFiles.create(pool()).close();
    assertTrue(Files.exists(pool().resolve("lock")));
  }

  /** Who can read the data reads every device; who can open the lock can keep its owner out. */
  @Test
  void filesAreForTheirOwnerOnly() throws IOException {
    HostPoolFiles.create(pool()).close();
    Files.delete(pool().resolve("lock"));
    HostPoolFiles.open(pool(), false).close();
    for (String name : List.of("metadata", "data", "lock")) {
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(pool().resolve(name))),
          name);
    }
  }

  @Test
  void refusesToCreateOverAPool() {
    HostPoolFiles.create(pool()).close();
    assertRefused("there is a pool already", () -> HostPoolFiles.create(pool()));
  }

  @Test
  void refusesToCreateInAFolderWithOtherThings() throws IOException {
    Files.createDirectory(pool());
    Path other = Files.createFile(pool().resolve("diary.txt"));
    assertRefused("folder is not empty", () -> HostPoolFiles.create(pool()));
    assertTrue(Files.exists(other));
    assertFalse(Files.exists(pool().resolve("metadata")));
  }

  @Test
  void refusesToCreateOverAFileOrBelowNothing() throws IOException {
    Files.createFile(pool());
    assertRefused("it is a file", () -> HostPoolFiles.create(pool()));
    assertRefused(
        "the folder above is missing",
        () -> HostPoolFiles.create(temporary.resolve("no").resolve("pool")));
  }

  @Test
  void refusesToOpenWhatIsNoPool() throws IOException {
    assertRefused("there is no pool", () -> HostPoolFiles.open(pool(), false));
    Files.createDirectory(pool());
    assertRefused("a file is missing", () -> HostPoolFiles.open(pool(), false));
    Files.createFile(pool().resolve("metadata"));
    assertRefused("missing=data", () -> HostPoolFiles.open(pool(), true));
    assertRefused(
        "not a pool but a file", () -> HostPoolFiles.open(pool().resolve("metadata"), false));
  }

  @Test
  void aSecondOpenerOfTheSameProcessHearsWhoHasThePool() {
    try (PoolFiles files = HostPoolFiles.create(pool())) {
      assertFalse(files.readOnly());
      String holder = "holder=pid " + ProcessHandle.current().pid() + " (";
      assertLocked(holder, () -> HostPoolFiles.open(pool(), false));
      assertLocked(holder, () -> HostPoolFiles.open(pool(), true));
      assertLocked(holder, () -> HostPoolFiles.open(pool(), false));
    }
    HostPoolFiles.open(pool(), false).close();
  }

  @Test
  void manyReadersShareAPoolAndKeepWritersOut() {
    HostPoolFiles.create(pool()).close();
    try (PoolFiles one = HostPoolFiles.open(pool(), true);
        PoolFiles other = HostPoolFiles.open(pool(), true)) {
      assertEquals(one.location(), other.location());
      String holder = "holder=pid " + ProcessHandle.current().pid() + " (";
      assertLocked(holder, () -> HostPoolFiles.open(pool(), false));
    }
    HostPoolFiles.open(pool(), false).close();
  }

  @Test
  void anotherProcessHearsWhoHasThePoolAndTheLockGoesWithItsHolder() throws Exception {
    HostPoolFiles.create(pool()).close();
    Process holder = ChildJvm.start(LockingChild.class, pool().toString());
    try {
      assertEquals("locked", holder.inputReader().readLine());
      assertLocked(
          "holder=pid " + holder.pid() + " (" + LockingChild.class.getName(),
          () -> HostPoolFiles.open(pool(), false));
    } finally {
      holder.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
    HostPoolFiles.open(pool(), false).close();
  }

  @Test
  void readsAPoolWithoutALockFile() throws IOException {
    HostPoolFiles.create(pool()).close();
    Files.delete(pool().resolve("lock"));
    HostPoolFiles.open(pool(), true).close();
    assertFalse(Files.exists(pool().resolve("lock")), "reading changes nothing");
    HostPoolFiles.open(pool(), false).close();
    assertTrue(Files.exists(pool().resolve("lock")));
  }

  @Test
  void refusesWritesWhenOpenForReading() {
    try (PoolFiles files = HostPoolFiles.create(pool())) {
      files.metadata().reserve(0, 1);
      files.data(BLOCK).writeNew(0, ByteBuffer.wrap(random(3, BLOCK)));
    }
    try (PoolFiles files = HostPoolFiles.open(pool(), true)) {
      ByteBuffer block = ByteBuffer.allocate(MetadataFile.BLOCK_BYTES);
      assertThrows(ReadOnlyException.class, () -> files.metadata().write(0, block));
      assertThrows(ReadOnlyException.class, () -> files.metadata().reserve(0, 1));
      assertThrows(ReadOnlyException.class, () -> files.data(BLOCK).zero(0, 1));
      assertThrows(ReadOnlyException.class, () -> files.data(BLOCK).punch(0, BLOCK));
      assertTrue(files.data(BLOCK).matches(0, ByteBuffer.wrap(random(3, BLOCK))));
    }
  }

  @Test
  void readsZeroesWhereSomebodyCutTheMetadataOff() throws IOException {
    try (PoolFiles files = HostPoolFiles.create(pool())) {
      files.metadata().reserve(0, 100);
      files.metadata().write(50, ByteBuffer.wrap(random(4, MetadataFile.BLOCK_BYTES)));
      readMetadata(files, 50);
      cut(pool().resolve("metadata"), 10 * MetadataFile.BLOCK_BYTES);
      assertEquals(10, files.metadata().lengthBlocks());
      assertArrayEquals(new byte[MetadataFile.BLOCK_BYTES], readMetadata(files, 50));
    }
  }

  /** The JVM alone would hand on whatever was in the buffer; compiled code does so most. */
  @ParameterizedTest
  @ValueSource(ints = {0, 100, 30_000})
  void refusesToReadOrWriteWhereSomebodyCutTheDataOff(int warmUps) throws IOException {
    try (PoolFiles files = HostPoolFiles.create(pool())) {
      DataFile data = files.data(BLOCK);
      data.writeNew(0, ByteBuffer.wrap(random(6, 4 * BLOCK)));
      ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
      for (int i = 0; i < warmUps; i++) {
        data.read((long) (i % 4) * BLOCK, buffer.clear());
        data.write((long) (i % 4) * BLOCK, buffer.flip());
      }
      cut(pool().resolve("data"), BLOCK);
      for (int block = 1; block < 4; block++) {
        long offset = (long) block * BLOCK;
        assertThrows(PoolIoException.class, () -> data.read(offset, buffer.clear()));
        assertThrows(PoolIoException.class, () -> data.write(offset, buffer.clear()));
        assertThrows(PoolIoException.class, () -> data.matches(offset, buffer.clear()));
        assertThrows(PoolIoException.class, () -> copy(data, offset));
      }
      data.read(0, buffer.clear());
    }
  }

  private static void copy(DataFile data, long from) {
    data.copyPatched(from, 10 * BLOCK, 0, ByteBuffer.allocate(1));
  }

  private static void cut(Path file, long length) throws IOException {
    try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
      other.truncate(length);
    }
  }

  @Test
  void anInterruptedThreadDoesNotCloseTheFilesUnderOthers() {
    try (PoolFiles files = HostPoolFiles.create(pool())) {
      Thread.currentThread().interrupt();
      files.metadata().reserve(0, 1);
      files.metadata().write(0, ByteBuffer.wrap(random(5, MetadataFile.BLOCK_BYTES)));
      files.data(BLOCK).writeNew(0, ByteBuffer.wrap(random(5, BLOCK)));
      files.metadata().force();
      files.data(BLOCK).force();
      assertTrue(Thread.interrupted());
      assertArrayEquals(random(5, MetadataFile.BLOCK_BYTES), readMetadata(files, 0));
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void refusesUseAfterClose() {
    PoolFiles files = HostPoolFiles.create(pool());
    DataFile data = files.data(BLOCK);
    data.writeNew(0, ByteBuffer.allocate(BLOCK));
    files.close();
    files.close();
    assertThrows(PoolException.class, () -> data.read(0, ByteBuffer.allocate(1)));
    assertThrows(PoolException.class, data::force);
  }

  private Path pool() {
    return temporary.resolve("pool");
  }

  private static byte[] readMetadata(PoolFiles files, long block) {
    byte[] bytes = new byte[MetadataFile.BLOCK_BYTES];
    files.metadata().read(block, ByteBuffer.wrap(bytes));
    return bytes;
  }

  private interface Opening {
    PoolFiles open();
  }

  private static void assertRefused(String message, Opening opening) {
    PoolException refused = assertThrows(PoolException.class, opening::open);
    assertEquals(PoolException.Severity.REQUEST, refused.severity());
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
    assertEquals(1, refused.getMessage().lines().count());
  }

  private static void assertLocked(String holder, Opening opening) {
    PoolLockedException locked = assertThrows(PoolLockedException.class, opening::open);
    assertTrue(locked.getMessage().startsWith("pool is in use: pool="), locked.getMessage());
    assertTrue(locked.getMessage().contains(holder), locked.getMessage());
  }
}
