// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** What answers about layers look like to people. Stateless. */
final class LayerView {
  private static final int SHORT_DIGITS = 12;
  private static final int DATE_LENGTH = "2026-01-31".length();
  private static final String NONE = "-";

  private LayerView() {}

  static String text(JsonObject row, String member) {
    JsonElement element = row.get(member);
    return element == null ? "" : element.getAsString();
  }

  static long number(JsonObject row, String member) {
    return row.get(member).getAsLong();
  }

  static String size(JsonObject row, String member) {
    return ByteSize.format(number(row, member));
  }

  static List<JsonObject> rows(JsonObject answer, String member) {
    List<JsonObject> rows = new ArrayList<>();
    answer.getAsJsonArray(member).forEach(row -> rows.add(row.getAsJsonObject()));
    return rows;
  }

  static List<String> texts(JsonObject answer, String member) {
    List<String> texts = new ArrayList<>();
    answer.getAsJsonArray(member).forEach(text -> texts.add(text.getAsString()));
    return texts;
  }

  /** The digits of a chain id that tell it from others. */
  static String shortId(String chainId) {
    String digits = chainId.substring(chainId.indexOf(':') + 1);
    return digits.length() <= SHORT_DIGITS ? digits : digits.substring(0, SHORT_DIGITS);
  }

  static String orNone(String text) {
    return text.isEmpty() ? NONE : text;
  }

  /** The day of a time. */
  static String day(String time) {
    return orNone(time.length() <= DATE_LENGTH ? time : time.substring(0, DATE_LENGTH));
  }

  /** Text of an image on one line, cut to a width. */
  static String line(String text, int width) {
    String line = text.replaceAll("\\p{Cc}+", " ").strip();
    return line.length() <= width ? line : line.substring(0, width - 3) + "...";
  }
}
