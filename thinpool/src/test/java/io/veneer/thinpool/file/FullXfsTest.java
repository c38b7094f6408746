// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.io.IOException;
import java.nio.file.Path;

class FullXfsTest extends FullDiskContract {
  @Override
  SmallMount mount(Path folder) throws IOException {
    return SmallMount.xfs(folder, 320 << 20);
  }
}
