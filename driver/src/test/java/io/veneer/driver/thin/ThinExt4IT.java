// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import java.util.List;

class ThinExt4IT extends ThinMountedContract {
  @Override
  VolumeOptions options() {
    return new VolumeOptions(VolumeKind.EXT4, 256L << 20, List.of(), List.of());
  }
}
