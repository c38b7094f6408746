// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import org.junit.jupiter.api.Test;

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
