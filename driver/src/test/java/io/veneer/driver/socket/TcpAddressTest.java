// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** Why an address cannot be listened on. */
class TcpAddressTest {
  @Test
  void aPortForRootIsSaidSo() {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
    assertEquals(
        "address may not be listened on, ports below 1024 need root or CAP_NET_BIND_SERVICE; take a"
            + " higher one: address=127.0.0.1:80 cause=Permission denied",
        TcpAddress.refused(address, new BindException("Permission denied")).getMessage());
  }

  @Test
  void aHostThatIsNotKnownIsSaidSo() {
    InetSocketAddress address = InetSocketAddress.createUnresolved("no.such.host", 80);
    assertEquals(
        "no host of this name is known here; write its address, or take another one:"
            + " address=no.such.host:80",
        TcpAddress.refused(address, new BindException()).getMessage());
  }
}
