// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.io.IOException;
import java.nio.file.Path;

class FullExt4Test extends FullDiskContract {
  @Override
  SmallMount mount(Path folder) throws IOException {
    return SmallMount.ext4(folder, 24 << 20);
  }
}
