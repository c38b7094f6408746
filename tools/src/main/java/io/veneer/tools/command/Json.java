// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;

/**
 * Writes one JSON value as text. Only the streaming writer of the library is used: reflection over
 * our records would cost more start time than most commands take.
 */
final class Json {
  /** Writes the members of a value. */
  @FunctionalInterface
  interface Body {
    void write(JsonWriter json) throws IOException;
  }

  private Json() {}

  /** The text of an object with these members, with a line end. */
  static String object(Body members) {
    return object(members, "  ");
  }

  /** The text of an object with these members, in one line, with a line end. */
  static String line(Body members) {
    return object(members, "");
  }

  private static String object(Body members, String indent) {
    StringWriter text = new StringWriter();
    JsonWriter json = new JsonWriter(text);
    json.setIndent(indent);
    json.setHtmlSafe(false);
    try {
      json.beginObject();
      members.write(json);
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter does not fail", e);
    }
    return text.append('\n').toString();
  }

  /** The text of an object that is there already, with a line end. */
  static String text(JsonObject object) {
    StringWriter text = new StringWriter();
    JsonWriter json = new JsonWriter(text);
    json.setIndent("  ");
    json.setHtmlSafe(false);
    try {
      write(json, object);
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter does not fail", e);
    }
    return text.append('\n').toString();
  }

  private static void write(JsonWriter json, JsonElement element) throws IOException {
    if (element.isJsonObject()) {
      json.beginObject();
      for (Map.Entry<String, JsonElement> member : element.getAsJsonObject().entrySet()) {
        write(json.name(member.getKey()), member.getValue());
      }
      json.endObject();
    } else if (element.isJsonArray()) {
      json.beginArray();
      for (JsonElement each : element.getAsJsonArray()) {
        write(json, each);
      }
      json.endArray();
    } else {
      json.jsonValue(element.toString());
    }
  }

  /** A constant's name as it is written in JSON: {@code OUT_OF_DATA_SPACE} is outOfDataSpace. */
  static String word(Enum<?> constant) {
    StringBuilder word = new StringBuilder();
    for (String part : constant.name().split("_", -1)) {
      String first = part.substring(0, 1);
      word.append(word.isEmpty() ? first.toLowerCase(Locale.ROOT) : first);
      word.append(part.substring(1).toLowerCase(Locale.ROOT));
    }
    return word.toString();
  }
}
