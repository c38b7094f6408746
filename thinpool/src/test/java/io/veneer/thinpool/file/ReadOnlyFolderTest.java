// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.ReadOnlyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder on a disk that takes no writes; permissions alone would not hold back root. */
class ReadOnlyFolderTest {
  private static final int BLOCK = 4096;

  @TempDir Path temporary;

  @Test
  void aPoolThereCanBeReadButNotWrittenOrMade() throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("folder"));
    ByteBuffer block = ByteBuffer.wrap(MetadataFileContract.random(1, BLOCK));
    try (PoolFiles files = HostPoolFiles.create(folder.resolve("pool"))) {
      files.data(BLOCK).writeNew(0, block.duplicate());
    }
    try (SmallMount mount = SmallMount.readOnly(folder, temporary.resolve("view"))) {
      Path pool = mount.folder().resolve("pool");
      String refused = refusal(() -> HostPoolFiles.open(pool, false));
      assertTrue(refused.startsWith("pool cannot be written here; open it for reading"), refused);
      refused = refusal(() -> HostPoolFiles.create(mount.folder().resolve("other")));
      assertTrue(refused.contains("the host allows no write here"), refused);
      try (PoolFiles files = HostPoolFiles.open(pool, true)) {
        assertTrue(files.data(BLOCK).matches(0, block));
      }
    }
  }

  private interface Opening {
    PoolFiles open();
  }

  private static String refusal(Opening opening) {
    String message = assertThrows(ReadOnlyException.class, opening::open).getMessage();
    assertEquals(1, message.lines().count());
    return message;
  }
}
