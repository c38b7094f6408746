// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

import io.veneer.thinpool.Alone;

/** containerd on thin devices, each with a file system. */
@Alone
class ContainerdThinIT extends ContainerdTrial {
  @Override
  String driver() {
    return "thin";
  }

  @Override
  int containersAtOnce() {
    return 100;
  }
}
