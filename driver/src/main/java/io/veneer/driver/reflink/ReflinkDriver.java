// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.reflink;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.host.FileCopy;
import io.veneer.driver.host.HostFiles;
import io.veneer.driver.layer.CopyCounter;
import io.veneer.driver.layer.LayerStore;
import io.veneer.driver.snapshot.SnapshotDriver;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** Opens the reflink driver, for hosts whose file system can share blocks between files. */
public final class ReflinkDriver {
  /** The driver's name. */
  public static final String NAME = "reflink";

  private static final String PROBE = "probe";
  private static final int PROBE_BYTES = 4096;

  private ReflinkDriver() {}

  /**
   * Opens the driver in a folder.
   *
   * @param folder where it keeps everything; made if it is missing
   * @return the open driver
   * @throws DriverException FAILED_PRECONDITION if the folder's file system cannot share blocks
   */
  public static StorageDriver open(Path folder) {
    checkSharesBlocks(folder);
    LayerStore store = LayerStore.open(NAME, folder, new ReflinkLayout(folder), new CopyCounter());
    removeOldProbes(folder);
    return new SnapshotDriver(store, Clock.systemUTC());
  }

  /**
   * Whether the driver works in a folder.
   *
   * @param folder where it would keep everything; made if it is missing
   * @return whether the folder's file system can share blocks between files
   * @throws DriverException IO if the folder cannot be used at all
   */
  public static boolean worksIn(Path folder) {
    try {
      checkSharesBlocks(folder);
      return true;
    } catch (DriverException e) {
      if (e.kind() == Kind.FAILED_PRECONDITION) {
        return false;
      }
      throw e;
    }
  }

  /** Tries it, because only the file system knows: xfs can or cannot, by how it was made. */
  private static void checkSharesBlocks(Path folder) {
    try {
      Files.createDirectories(folder);
      Path probe = Files.createTempDirectory(folder, PROBE);
      try {
        Path original = Files.write(probe.resolve("original"), new byte[PROBE_BYTES]);
        share(folder, original, probe.resolve("clone"));
      } finally {
        HostFiles.deleteTree(probe);
      }
    } catch (IOException e) {
      throw DriverException.io("cannot use folder=" + folder, e);
    }
  }

  /** Those of processes that died; nobody else probes here while this one has the layers open. */
  private static void removeOldProbes(Path folder) {
    try (DirectoryStream<Path> old = Files.newDirectoryStream(folder, PROBE + "*")) {
      for (Path probe : old) {
        HostFiles.deleteTree(probe);
      }
    } catch (IOException e) {
      throw DriverException.io("cannot use folder=" + folder, e);
    }
  }

  private static void share(Path folder, Path original, Path clone) throws IOException {
    try {
      FileCopy.clone(original, clone);
    } catch (IOException e) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION,
          "file system cannot share blocks between files, use one on btrfs, or on xfs with"
              + " reflink=1 folder="
              + folder
              + " fileSystem="
              + Files.getFileStore(folder).type(),
          e);
    }
  }
}
