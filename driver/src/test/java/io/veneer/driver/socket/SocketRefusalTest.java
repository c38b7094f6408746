// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of each answer of the host; none names the place where the socket was hidden. */
class SocketRefusalTest {
  private static final String HIDDEN = "/somewhere/.veneer5920";

  @TempDir Path folder;

  private String said(IOException cause) {
    return SocketRefusal.unmade(folder.resolve("s"), cause).getMessage();
  }

  private String said(String reason) {
    return said(new FileSystemException(HIDDEN, null, reason));
  }

  @Test
  void aFolderThatMayNotBeWritten() {
    assertEquals(
        "may not write in the socket's folder; take another path, or be another user: folder="
            + folder,
        said(new AccessDeniedException(HIDDEN)));
  }

  @Test
  void aFolderThatIsMountedForReadingOnly() {
    assertEquals(
        "the socket's folder is mounted for reading only; mount it for writing, or take another"
            + " path: path="
            + folder.resolve("s")
            + " cause=Read-only file system",
        said("Read-only file system"));
  }

  @Test
  void aFullDisk() {
    for (String reason : new String[] {"No space left on device", "Disk quota exceeded"}) {
      assertEquals(
          "no room for the socket; make some in its file system, or take another path: path="
              + folder.resolve("s")
              + " cause="
              + reason,
          said(reason));
    }
  }

  @Test
  void aFolderInWhichNobodyMakesSockets() {
    String none = "no socket can be made in the socket's folder; take another path: path=";
    String here = none + folder.resolve("s") + " cause=";
    assertEquals(here + "No such file or directory", said(new NoSuchFileException(HIDDEN)));
    assertEquals(here + "Operation not permitted", said("Operation not permitted"));
    assertEquals(here + "Permission denied", said(new BindException("Permission denied")));
    assertEquals(here + "FileSystemException", said((String) null));
  }
}
