// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.host.HostProgram;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What programs in containers do to files, durably: what is timed. Stateless; any thread. */
final class FileWork {
  static final int WRITE_BYTES = 4096;

  private static final byte[] APPENDED = {1, 2, 3, 4};

  private FileWork() {}

  /** The four bytes that are appended. */
  static byte[] appended() {
    return APPENDED.clone();
  }

  /** Opens a file, writes and forces: some drivers copy at the first and others at the second. */
  static void writeAndForce(Path file, long offset, ByteBuffer bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long position = offset;
      while (bytes.hasRemaining()) {
        position += channel.write(bytes, position);
      }
      channel.force(true);
    }
  }

  /** Forces the file system that a folder is on. */
  static void sync(Path folder) throws IOException {
    HostProgram.require("sync").runOrFail("-f", folder.toString());
  }
}
