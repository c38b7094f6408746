// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that is removed with all that is in it when it is closed, and also when the JVM is asked
 * to end before: then from another thread, while this one may still be writing into it, so that
 * removing is tried again for a moment. One thread, beside that hook.
 */
public final class Scratch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);
  private static final int ATTEMPTS = 50;
  private static final long PAUSE_MILLIS = 20;

  private final Path folder;
  private final Thread hook = new Thread(this::abandon, "veneer-scratch");
  private volatile boolean abandoned;

  private Scratch(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes a folder in another.
   *
   * @param parent made if missing
   * @return the new folder
   * @throws DriverException IO if the host fails
   */
  public static Scratch in(Path parent) {
    try {
      Files.createDirectories(parent);
      Scratch scratch = new Scratch(Files.createTempDirectory(parent, "veneer-compare-"));
      Runtime.getRuntime().addShutdownHook(scratch.hook);
      return scratch;
    } catch (IOException e) {
      throw DriverException.io("cannot make a scratch folder in=" + parent, e);
    }
  }

  /**
   * The folder.
   *
   * @return its path
   */
  public Path folder() {
    return folder;
  }

  /**
   * Ends the work if somebody asked for that.
   *
   * @throws DriverException CANCELLED if this thread was interrupted or the JVM is about to end
   */
  public void checkWanted() {
    if (abandoned || Thread.currentThread().isInterrupted()) {
      throw new DriverException(Kind.CANCELLED, "interrupted");
    }
  }

  @Override
  public void close() {
    if (abandoned) {
      return;
    }
    delete(1);
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException processIsEnding) {
      // The hook finds nothing to do.
    }
  }

  private void abandon() {
    abandoned = true;
    delete(ATTEMPTS);
  }

  private void delete(int attempts) {
    for (int attempt = 1; ; attempt++) {
      try {
        HostFiles.deleteTree(folder);
        return;
      } catch (IOException e) {
        if (attempt >= attempts) {
          LOG.warn("scratch folder stays, remove it by hand folder={}", folder, e);
          return;
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
