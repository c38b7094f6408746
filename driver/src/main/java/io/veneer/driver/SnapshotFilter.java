// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import io.veneer.driver.DriverException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The filters of containerd's List. A filter is one or more selectors with commas between them, all
 * of which must hold; several filters are alternatives.
 *
 * <pre>
 * selector  field | field==value | field!=value | field~=pattern
 * field     name | parent | kind | labels.NAME | labels."NAME"
 * value     bare up to the next comma, or in double quotes with \" and \\ in it
 * </pre>
 *
 * <p>A field alone holds where it is present: a label that is set, a parent that is not empty.
 */
public final class SnapshotFilter implements Predicate<SnapshotInfo> {
  private static final String QUOTED = "\"(?:[^\"\\\\]|\\\\.)*\"";
  private static final Pattern SELECTOR =
      Pattern.compile(
          "(?<field>name|parent|kind|labels\\.(?<label>"
              + QUOTED
              + "|[^\\s=!~,\"]+))"
              + "(?:(?<operator>==|!=|~=)(?<value>"
              + QUOTED
              + "|[^,\"]*))?(?:,|$)");

  private final List<Predicate<SnapshotInfo>> alternatives;

  private SnapshotFilter(List<Predicate<SnapshotInfo>> alternatives) {
    this.alternatives = alternatives;
  }

  /**
   * Reads filters.
   *
   * @param filters the alternatives; none matches everything
   * @return the filter
   * @throws DriverException INVALID_ARGUMENT if one of them cannot be read
   */
  public static SnapshotFilter parse(String... filters) {
    List<Predicate<SnapshotInfo>> alternatives = new ArrayList<>();
    for (String filter : filters) {
      alternatives.add(parseOne(filter));
    }
    return new SnapshotFilter(alternatives);
  }

  @Override
  public boolean test(SnapshotInfo info) {
    return alternatives.isEmpty() || alternatives.stream().anyMatch(each -> each.test(info));
  }

  private static Predicate<SnapshotInfo> parseOne(String filter) {
    Predicate<SnapshotInfo> all = info -> true;
    Matcher matcher = SELECTOR.matcher(filter);
    int position = 0;
    while (position < filter.length()) {
      if (!matcher.find(position) || matcher.start() != position) {
        throw unreadable(filter, position);
      }
      all = all.and(selector(matcher, filter));
      position = matcher.end();
    }
    return all;
  }

  private static Predicate<SnapshotInfo> selector(Matcher matcher, String filter) {
    String label = matcher.group("label");
    String field = label == null ? matcher.group("field") : "labels";
    String name = label == null ? "" : unquoted(label);
    String operator = matcher.group("operator");
    if (operator == null) {
      return info -> isPresent(info, field, name);
    }
    String value = unquoted(matcher.group("value"));
    return switch (operator) {
      case "==" -> info -> fieldOf(info, field, name).equals(value);
      case "!=" -> info -> !fieldOf(info, field, name).equals(value);
      default -> matching(field, name, pattern(value, filter));
    };
  }

  private static Predicate<SnapshotInfo> matching(String field, String name, Pattern pattern) {
    return info -> pattern.matcher(fieldOf(info, field, name)).find();
  }

  private static boolean isPresent(SnapshotInfo info, String field, String label) {
    return field.equals("labels")
        ? info.labels().containsKey(label)
        : !fieldOf(info, field, label).isEmpty();
  }

  private static String fieldOf(SnapshotInfo info, String field, String label) {
    return switch (field) {
      case "name" -> info.key();
      case "parent" -> info.parent();
      case "kind" -> info.kind().name().toLowerCase(Locale.ROOT);
      default -> info.labels().getOrDefault(label, "");
    };
  }

  private static Pattern pattern(String value, String filter) {
    try {
      return Pattern.compile(value);
    } catch (PatternSyntaxException e) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "filter has no valid pattern filter=" + filter, e);
    }
  }

  private static String unquoted(String text) {
    if (!text.startsWith("\"")) {
      return text;
    }
    return text.substring(1, text.length() - 1).replaceAll("\\\\(.)", "$1");
  }

  private static DriverException unreadable(String filter, int position) {
    return new DriverException(
        Kind.INVALID_ARGUMENT, "filter cannot be read filter=" + filter + " position=" + position);
  }
}
