// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import io.veneer.thinpool.Alone;

/** Docker on our layers of files, which the kernel's overlayfs puts together. */
@Alone
class DockerPluginOverlay2IT extends PluginTrial {
  @Override
  String driver() {
    return "overlay2";
  }
}
