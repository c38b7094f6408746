// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import jnr.constants.platform.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an entry says of its file, set on a tree that others change meanwhile. */
class MetadataTest {
  @TempDir Path folder;

  @Test
  void aFileThatSomebodyElseTookAwayFailsLikeAnyOtherCall() throws IOException {
    TarEntry entry =
        new TarReader(new ArchiveBuilder().file("gone", "x").stream()).next().orElseThrow();
    try (OpenFolder open = OpenFolder.open(folder)) {
      HostFailure failure =
          assertThrows(HostFailure.class, () -> new Metadata(true).apply(entry, open, "gone"));
      assertEquals(Errno.ENOENT, failure.errno());
    }
  }
}
