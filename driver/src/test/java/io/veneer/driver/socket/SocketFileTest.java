// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a server can listen, and what it says where it cannot. */
class SocketFileTest {
  @TempDir Path folder;

  private static String refusal(Path path) {
    return assertThrows(PoolException.class, () -> SocketFile.listen(path)).getMessage();
  }

  @Test
  void socketIsForItsOwnerOnlyAndNothingElseIsLeft() throws IOException {
    Path path = folder.resolve("s");
    try (SocketFile file = SocketFile.listen(path)) {
      assertTrue(file.channel().isOpen());
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      try (Stream<Path> files = Files.list(folder)) {
        assertEquals(1, files.count());
      }
    }
    assertTrue(Files.notExists(path));
  }

  @Test
  void whatADeadServerLeftIsReplaced() throws IOException {
    Path path = folder.resolve("s");
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(path))
        .close();
    assertTrue(Files.exists(path));
    try (SocketFile file = SocketFile.listen(path)) {
      assertTrue(file.channel().isOpen());
    }
  }

  @Test
  void socketOfALivingServerIsNotTaken() throws IOException {
    Path path = folder.resolve("s");
    try (SocketFile file = SocketFile.listen(path)) {
      assertTrue(refusal(path).startsWith("another server listens on this socket"));
      assertTrue(file.channel().isOpen());
    }
  }

  @Test
  void otherFilesAreNotTouched() throws IOException {
    Path path = Files.writeString(folder.resolve("s"), "mine");
    assertTrue(refusal(path).startsWith("there is a file where the socket shall be"));
    assertEquals("mine", Files.readString(path));
  }

  @Test
  void aFolderIsNoPlaceForASocket() {
    String message = refusal(folder);
    assertTrue(message.startsWith("socket path is a folder; name a file in it"), message);
    assertTrue(message.endsWith(": path=" + folder), message);
  }

  @Test
  void longPathsAndMissingFoldersAreSaidSo() {
    Path tooLong = folder.resolve("x".repeat(110));
    assertTrue(refusal(tooLong).startsWith("socket path is too long"));
    Path missing = folder.resolve("none/s");
    assertEquals(
        "the socket's folder is missing; make it first: folder=" + folder.resolve("none"),
        refusal(missing));
  }

  @Test
  void aFolderThatIsAFileIsSaidSo() throws IOException {
    Path file = Files.writeString(folder.resolve("letter"), "dear");
    assertEquals(
        "the socket's folder is a file; take another path: folder=" + file,
        refusal(file.resolve("s")));
  }

  @Test
  void aLongPathIsReachedByWhoKnowsTheWay() throws IOException {
    Path deep = Files.createDirectories(folder.resolve("x".repeat(100)).resolve("y".repeat(100)));
    Path path = deep.resolve("s");
    try (SocketFile file = SocketFile.listenAnywhere(path);
        SocketChannel client = SocketFile.connect(path);
        SocketChannel served = file.channel().accept()) {
      assertTrue(client.isConnected() && served.isConnected());
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }
    assertTrue(Files.notExists(path));
  }

  @Test
  void closingTwiceLeavesTheSocketOfTheNextOneAlone() throws IOException {
    Path path = folder.resolve("s");
    SocketFile first = SocketFile.listen(path);
    first.close();
    try (SocketFile second = SocketFile.listen(path)) {
      first.close();
      assertTrue(Files.exists(second.path()));
    }
  }
}
