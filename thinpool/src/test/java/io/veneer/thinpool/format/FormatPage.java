// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of FORMAT.md, as a reader of it sees them. */
final class FormatPage {
  private static final Path PAGE = Path.of("FORMAT.md");
  private static final Pattern ROW =
      Pattern.compile("\\| (\\d+) \\| (\\d+)(?: x (\\d+))? \\| (\\w+) \\| (.*) \\|");

  /** A row of a table of fields. */
  record Field(int offset, int size, String name, String meaning) {
    int end() {
      return offset + size;
    }
  }

  private FormatPage() {}

  static String text() {
    try {
      return Files.readString(PAGE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What stands under the heading that names a class. */
  static String sectionOf(Class<?> formatClass) {
    for (String section : text().split("\n## ")) {
      if (section
          .lines()
          .findFirst()
          .orElse("")
          .contains('`' + formatClass.getSimpleName() + '`')) {
        return section;
      }
    }
    throw new AssertionError("no heading names " + formatClass.getSimpleName());
  }

  static List<Field> fieldsOf(Class<?> formatClass) {
    List<Field> fields = new ArrayList<>();
    Matcher rows = ROW.matcher(sectionOf(formatClass));
    while (rows.find()) {
      int times = rows.group(3) == null ? 1 : Integer.parseInt(rows.group(3));
      int size = Integer.parseInt(rows.group(2)) * times;
      fields.add(new Field(Integer.parseInt(rows.group(1)), size, rows.group(4), rows.group(5)));
    }
    assertFalse(fields.isEmpty(), "no table of fields for " + formatClass.getSimpleName());
    return fields;
  }

  static Field field(Class<?> formatClass, String name) {
    return fieldsOf(formatClass).stream()
        .filter(field -> field.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no field " + name));
  }
}
