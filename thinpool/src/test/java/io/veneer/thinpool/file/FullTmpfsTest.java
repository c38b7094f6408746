// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.io.IOException;
import java.nio.file.Path;

class FullTmpfsTest extends FullDiskContract {
  @Override
  SmallMount mount(Path folder) throws IOException {
    return SmallMount.tmpfs(folder, 16 << 20);
  }
}
