// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lock whose file is put aside, as that of a killed writer whom the host cannot end. */
class PoolLockTest {
  @TempDir Path folder;

  private Path lockFile() throws IOException {
    return Files.createFile(folder.resolve("lock"));
  }

  private void replace(Path lockFile) throws IOException {
    Path next = Files.createFile(folder.resolve("next"));
    Files.move(next, lockFile, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aFileInThePlaceOfALockedOneCanBeLocked() throws IOException {
    Path lockFile = lockFile();
    PoolLock dead = PoolLock.exclusive(lockFile);
    assertThrows(PoolLockedException.class, () -> PoolLock.exclusive(lockFile));
    replace(lockFile);
    PoolLock next = PoolLock.exclusive(lockFile);
    assertThrows(PoolLockedException.class, () -> PoolLock.exclusive(lockFile));
    next.close();
    dead.close();
  }

  /** Else who opened the old file in time, and locks it once the dead one is gone, is a second. */
  @Test
  void aFileThatWasPutAsideIsNoLock() throws IOException {
    Path lockFile = lockFile();
    try (HostFile file = HostFile.open(lockFile, false)) {
      assertTrue(file.isAtItsPath());
      replace(lockFile);
      assertFalse(file.isAtItsPath());
      Files.delete(lockFile);
      assertFalse(file.isAtItsPath());
    }
  }
}
