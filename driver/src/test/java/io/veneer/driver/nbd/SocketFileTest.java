// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
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
    assertTrue(refusal(folder).startsWith("there is a file where the socket shall be"));
  }

  @Test
  void longPathsAndMissingFoldersAreSaidSo() {
    Path tooLong = folder.resolve("x".repeat(110));
    assertTrue(refusal(tooLong).startsWith("socket path is too long"));
    Path missing = folder.resolve("none/s");
    assertTrue(refusal(missing).startsWith("socket cannot be made"));
  }

  @Test
  void portInUseIsSaidSo() throws IOException {
    try (ServerSocketChannel taken = ServerSocketChannel.open()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      NbdOptions options =
          NbdOptions.builder()
              .address((InetSocketAddress) taken.getLocalAddress())
              .insecure(true)
              .build();
      PoolException refused =
          assertThrows(PoolException.class, () -> NbdServer.start(new MemoryDevice(4096), options));
      assertTrue(refused.getMessage().contains("is the port in use?"), refused.getMessage());
    }
  }

  @Test
  void tcpInClearHasToBeAskedFor() {
    NbdOptions.Builder options = NbdOptions.builder().address(new InetSocketAddress(0));
    assertThrows(IllegalArgumentException.class, options::build);
    assertThrows(IllegalArgumentException.class, NbdOptions.builder()::build);
  }
}
