// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.io.IOException;
import java.nio.file.Path;

/** A process that opens a pool, says so, and keeps it until somebody ends it. */
final class LockingChild {
  private LockingChild() {}

  public static void main(String[] args) throws IOException {
    try (PoolFiles files = HostPoolFiles.open(Path.of(args[0]), false)) {
      System.out.println("locked");
      System.in.read();
      files.metadata();
    }
  }
}
