// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

/** containerd on layers of files that the kernel's overlayfs puts together. */
class ContainerdOverlay2IT extends ContainerdTrial {
  @Override
  String driver() {
    return "overlay2";
  }
}
