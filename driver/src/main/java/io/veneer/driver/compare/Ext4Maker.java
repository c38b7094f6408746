// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.host.HostProgram;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The program {@code mkfs.ext4}, told to leave nothing to chance. Any thread. */
final class Ext4Maker {
  private static final String PROGRAM = "mkfs.ext4";
  private static final String IDENTITY = "76656e65-6572-4a00-8000-6a646b696d67";
  private static final String TIME = "1767225600";

  private final HostProgram program;

  private Ext4Maker(HostProgram program) {
    this.program = program;
  }

  /** Finds the program on this machine. */
  static Optional<Ext4Maker> find() {
    return HostProgram.find(PROGRAM)
        .map(
            program ->
                new Ext4Maker(
                    program.with(Map.of("E2FSPROGS_FAKE_TIME", TIME, "SOURCE_DATE_EPOCH", TIME))));
  }

  /** Makes an image that holds a folder; answers the program's reason if it cannot. */
  Optional<String> make(Path folder, Path image, long sizeBytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(sizeBytes);
    }
    String extended = "hash_seed=" + IDENTITY + ",root_owner=0:0";
    try {
      return program.run(
          "-q",
          "-F",
          "-b",
          "4096",
          "-m",
          "0",
          "-L",
          "veneer",
          "-U",
          IDENTITY,
          "-E",
          extended,
          "-d",
          folder.toString(),
          image.toString());
    } catch (InterruptedIOException e) {
      throw new DriverException(Kind.CANCELLED, "interrupted while making an image", e);
    }
  }
}
