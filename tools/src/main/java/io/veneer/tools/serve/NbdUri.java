// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.serve;

import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The addresses of a server's exports, as NBD clients take them. */
final class NbdUri {
  private NbdUri() {}

  /** Of the default export on a unix socket. */
  static String of(Path socket) {
    String path = socket.toAbsolutePath().normalize().toString();
    return "nbd+unix:///?socket=" + inQuery(path);
  }

  /** Of the default export over TCP. */
  static String of(InetSocketAddress tcp, boolean tls) {
    String host = tcp.getAddress().getHostAddress();
    String bracketed = host.contains(":") ? "[" + host + "]" : host;
    return (tls ? "nbds://" : "nbd://") + bracketed + ":" + tcp.getPort();
  }

  /** Java encodes for forms, where a plus is a space; slashes may stay, and are easier to read. */
  private static String inQuery(String path) {
    return URLEncoder.encode(path, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
  }
}
