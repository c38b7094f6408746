// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.serve;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code HOST:PORT} from an option: a name, an IPv4 address, or an IPv6 one in brackets. */
final class ListenAddress implements ITypeConverter<InetSocketAddress> {
  private static final Pattern FORM = Pattern.compile("(\\[[^\\]]+\\]|[^:\\[\\]]+):(\\d{1,5})");
  private static final int PORT_MAX = 65535;

  ListenAddress() {}

  @Override
  public InetSocketAddress convert(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches() || Integer.parseInt(parts.group(2)) > PORT_MAX) {
      throw new TypeConversionException(
          "'" + text + "' is not HOST:PORT, such as 127.0.0.1:10809 or [::1]:10809");
    }
    return address(parts.group(1), Integer.parseInt(parts.group(2)));
  }

  /** A name that is not known here is nothing wrong with the option: listening fails then. */
  private static InetSocketAddress address(String host, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      return InetSocketAddress.createUnresolved(host, port);
    }
  }
}
