// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads every path of a command line. The empty one is refused: to the system it means the working
 * folder, and who gives it means a shell variable that is not set.
 */
final class PathConverter implements ITypeConverter<Path> {
  PathConverter() {}

  @Override
  public Path convert(String text) {
    if (text.isEmpty()) {
      throw new TypeConversionException("must not be empty");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("'" + text + "' is no path: " + e.getReason());
    }
  }
}
