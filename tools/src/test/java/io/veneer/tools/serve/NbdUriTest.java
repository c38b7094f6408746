// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a path or an address is, clients get back what it was. */
class NbdUriTest {
  @ParameterizedTest
  @CsvSource({
    "/run/veneer-1_a.sock, /run/veneer-1_a.sock",
    "/run/./x/../a b, /run/a%20b",
    "/run/ä%&?#+=, /run/%C3%A4%25%26%3F%23%2B%3D",
  })
  void whatAUriUsesItselfIsEncodedInAPath(String socket, String encoded) {
    assertEquals("nbd+unix:///?socket=" + encoded, NbdUri.of(Path.of(socket)));
  }

  @Test
  void anAddressWithColonsIsBracketed() {
    assertEquals("nbd://127.0.0.1:1", NbdUri.of(new InetSocketAddress("127.0.0.1", 1), false));
    assertEquals("nbds://[0:0:0:0:0:0:0:1]:2", NbdUri.of(new InetSocketAddress("::1", 2), true));
  }
}
