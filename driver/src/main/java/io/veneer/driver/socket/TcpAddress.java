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
    String why = address.isUnresolved() ? "" : " cause=" + cause.getMessage();
    return new PoolException(
        PoolException.Severity.REQUEST,
        advice(address, cause) + ": address=" + text(address) + why,
        cause);
  }

  private static String advice(InetSocketAddress address, Throwable cause) {
    if (address.isUnresolved()) {
      return "no host of this name is known here; write its address, or take another one";
    } else if (!isOfThisMachine(address.getAddress())) {
      return "address is not one of this machine's; take one of its own, or 0.0.0.0 for all";
    } else if (String.valueOf(cause.getMessage()).contains("Permission denied")) {
      return "address may not be listened on, ports below 1024 need root or CAP_NET_BIND_SERVICE;"
          + " take a higher one";
    }
    return "address cannot be listened on, its port may be in use; take another one";
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
