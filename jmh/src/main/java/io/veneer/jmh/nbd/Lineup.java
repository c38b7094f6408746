// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Those that are compared; the first is ours. */
interface Lineup extends AutoCloseable {
  /** Who takes part in a job. */
  List<Contender> of(FioJob job);

  /** The files that first writes copy from. */
  List<Path> sources();

  @Override
  void close();

  /** A copy of the image for a contender that writes to it. */
  static Path copy(Path image, Path target) {
    try {
      return Files.copy(image, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
