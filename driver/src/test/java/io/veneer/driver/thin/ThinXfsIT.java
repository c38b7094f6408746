// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import java.util.List;

class ThinXfsIT extends ThinMountedContract {
  @Override
  VolumeOptions options() {
    return new VolumeOptions(VolumeKind.XFS, 400L << 20, List.of(), List.of());
  }
}
