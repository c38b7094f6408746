// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * A tree of small files, the same from the same seed: folders of a hundred, sizes as in packages of
 * programs, most below one block of a file system. Cannot be changed; any thread.
 */
final class SmallTree {
  private static final int FILES_PER_FOLDER = 100;
  private static final int BYTES_MAX = 16 << 10;

  private final String top;
  private final int files;
  private final long seed;

  SmallTree(String top, int files, long seed) {
    this.top = top;
    this.files = files;
    this.seed = seed;
  }

  int files() {
    return files;
  }

  /** Where a file is, inside a folder that holds the tree. */
  Path file(Path folder, int number) {
    return folder
        .resolve(top)
        .resolve("part-" + number / FILES_PER_FOLDER)
        .resolve("file-" + number % FILES_PER_FOLDER);
  }

  /** Writes all files; forces nothing. */
  void write(Path folder) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    for (int number = 0; number < files; number++) {
      Path file = file(folder, number);
      if (number % FILES_PER_FOLDER == 0) {
        Files.createDirectories(file.getParent());
      }
      byte[] content = new byte[random.nextInt(random.nextInt(1, BYTES_MAX + 1)) + 1];
      random.nextBytes(content);
      Files.write(file, content);
    }
  }
}
