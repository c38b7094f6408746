// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

/** Docker on our layers of files, which the kernel's overlayfs puts together. */
class DockerPluginOverlay2IT extends PluginTrial {
  @Override
  String driver() {
    return "overlay2";
  }
}
