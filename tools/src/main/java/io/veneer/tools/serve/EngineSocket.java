// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.serve;

import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where one engine connects, and the name under which its snapshots are kept apart from those of
 * others.
 *
 * @param owner the name, or empty if none was given
 * @param path the socket
 */
record EngineSocket(String owner, Path path) {
  private static final String OWNER = "[a-z0-9][a-z0-9._-]{0,62}";

  /** Reads {@code [OWNER=]SOCKET}; a path with a {@code =} in it needs a {@code /} before. */
  static final class Converter implements ITypeConverter<EngineSocket> {
    Converter() {}

    @Override
    public EngineSocket convert(String text) {
      if (text.isEmpty()) {
        throw new TypeConversionException("must not be empty");
      }
      int equals = text.indexOf('=');
      if (equals < 0 || text.lastIndexOf('/', equals) >= 0) {
        return new EngineSocket("", Path.of(text));
      }
      String owner = text.substring(0, equals);
      if (!owner.matches(OWNER) || equals + 1 == text.length()) {
        throw new TypeConversionException(
            "'" + text + "' is not [OWNER=]SOCKET, such as second=/run/veneer/second.sock");
      }
      return new EngineSocket(owner, Path.of(text.substring(equals + 1)));
    }
  }

  /** The same with a name, if it has none. */
  EngineSocket ownedBy(String name) {
    return owner.isEmpty() ? new EngineSocket(name, path) : this;
  }
}
