// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.compare.SampleImage;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The image that is compared on where the user gives none, in a folder of its own. Both are removed
 * at the end, also when the process is told to end before.
 */
final class MadeImage implements AutoCloseable {
  private final Path folder;
  private final Thread removeAtExit = new Thread(this::removeWhatIsLeft, "remove-image");

  private MadeImage(Path folder) {
    this.folder = folder;
  }

  /** Makes an image of the running Java, somewhere in a folder. */
  static MadeImage in(Path parent, long sizeBytes) throws IOException {
    MadeImage made = new MadeImage(Files.createTempDirectory(parent, "veneer-image-"));
    Runtime.getRuntime().addShutdownHook(made.removeAtExit);
    try {
      SampleImage.create(made.path(), sizeBytes);
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }

  Path path() {
    return folder.resolve("java.img");
  }

  @Override
  public void close() throws IOException {
    HostFiles.deleteTree(folder);
    try {
      Runtime.getRuntime().removeShutdownHook(removeAtExit);
    } catch (IllegalStateException processIsEnding) {
      // The hook finds nothing to do.
    }
  }

  private void removeWhatIsLeft() {
    try {
      HostFiles.deleteTree(folder);
    } catch (IOException e) {
      // The process ends, and a file in a temporary folder is not worth a message then.
    }
  }
}
