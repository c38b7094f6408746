// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which addresses a server refuses, and what it says. */
class NbdAddressTest {
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
      assertTrue(refused.getMessage().contains("its port may be in use"), refused.getMessage());
    }
  }

  @Test
  void anAddressOfAnotherMachineIsSaidSo() {
    InetSocketAddress foreign = new InetSocketAddress("192.0.2.1", 10809);
    NbdOptions options = NbdOptions.builder().address(foreign).insecure(true).build();
    PoolException refused =
        assertThrows(PoolException.class, () -> NbdServer.start(new MemoryDevice(4096), options));
    String message = refused.getMessage();
    assertTrue(message.startsWith("address is not one of this machine's; "), message);
    assertTrue(message.contains(": address=192.0.2.1:10809 cause="), message);
  }

  @Test
  void tlsCertificatesThatAreMissingAreNamed(@TempDir Path folder) {
    Path none = folder.resolve("none");
    assertEquals(
        "folder of the TLS certificates is missing; make it, with server-cert.pem and"
            + " server-key.pem in it: folder="
            + none,
        assertThrows(PoolException.class, () -> TlsCertificates.load(none, false)).getMessage());
    assertEquals(
        "file of the TLS certificates is missing; put it there: file="
            + folder.resolve("server-cert.pem"),
        assertThrows(PoolException.class, () -> TlsCertificates.load(folder, false)).getMessage());
  }

  @Test
  void tcpInClearHasToBeAskedFor() {
    NbdOptions.Builder options = NbdOptions.builder().address(new InetSocketAddress(0));
    assertThrows(IllegalArgumentException.class, options::build);
    assertThrows(IllegalArgumentException.class, NbdOptions.builder()::build);
  }
}
