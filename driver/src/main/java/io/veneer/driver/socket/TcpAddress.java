// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.socket;

import io.veneer.thinpool.PoolException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/** TCP addresses to listen on, for people. */
public final class TcpAddress {
  private TcpAddress() {}

  /**
   * Says why an address cannot be listened on, and what to do.
   *
   * @param address the address
   * @param cause what the host said
   * @return the failure, to be thrown
   */
  public static PoolException refused(InetSocketAddress address, Throwable cause) {
    String what =
        isOfThisMachine(address.getAddress())
            ? "address cannot be listened on, its port may be in use; take another one"
            : "address is not one of this machine's; take one of its own, or 0.0.0.0 for all";
    return new PoolException(
        PoolException.Severity.REQUEST,
        what + ": address=" + text(address) + " cause=" + cause.getMessage(),
        cause);
  }

  /** True also where that cannot be told. */
  private static boolean isOfThisMachine(InetAddress host) {
    try {
      return host == null
          || host.isAnyLocalAddress()
          || host.isLoopbackAddress()
          || NetworkInterface.getByInetAddress(host) != null;
    } catch (SocketException e) {
      return true;
    }
  }

  /**
   * Writes an address as it is written in options.
   *
   * @param address the address
   * @return host and port, an IPv6 host in brackets
   */
  public static String text(InetSocketAddress address) {
    InetAddress known = address.getAddress();
    String host = known == null ? address.getHostString() : known.getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
