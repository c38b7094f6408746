// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.thinpool.Alone;
import java.util.List;

@Alone
class ThinBtrfsIT extends ThinMountedContract {
  @Override
  VolumeOptions options() {
    return new VolumeOptions(VolumeKind.BTRFS, 256L << 20, List.of(), List.of());
  }
}
