// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.thinpool.Alone;
import java.io.IOException;

/** containerd on layers of files that the kernel's overlayfs puts together. */
@Alone
class ContainerdOverlay2IT extends ContainerdTrial {
  @Override
  String driver() {
    return "overlay2";
  }

  /** The hundred are for thin devices; this is to compare with. */
  @Override
  int containersAtOnce() {
    return 25;
  }

  /** It needs nothing of ours while it runs. */
  @Override
  void afterAKill() throws IOException {
    assertEquals(
        "0\n", containerd().ctr("tasks", "exec", "--exec-id", "e1", "long", "/bin/ls", "/data"));
  }
}
