// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests need whose pool is attached in their own process; each has a new one, empty. */
abstract class AttachedPoolCases {
  @TempDir Path folder;
  AttachedPool attached;

  @BeforeEach
  final void openPool() throws IOException {
    attached = AttachedPool.in(folder);
  }

  @AfterEach
  final void closePool() throws IOException {
    if (attached != null) {
      attached.close();
    }
  }

  /** Why something is refused. */
  static String refusal(Runnable action) {
    return assertThrows(PoolException.class, action::run).getMessage();
  }

  /** The one attachment there is. */
  final Attachment only() {
    List<Attachment> all = attached.attachments.list();
    assertEquals(1, all.size());
    return all.get(0);
  }
}
