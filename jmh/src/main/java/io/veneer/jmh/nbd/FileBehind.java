// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

import java.nio.file.Path;

/** A file that is there anyway. */
record FileBehind(Path file) implements LoopContender.Behind {
  @Override
  public Path open() {
    return file;
  }

  @Override
  public void close() {
    // it stays
  }
}
