// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The body of a call. What is missing and what is null are the same: empty. Unchangeable. */
final class GraphdriverRequest {
  private final JsonObject body;

  private GraphdriverRequest(JsonObject body) {
    this.body = body;
  }

  /** Reads a body; none at all has no fields. */
  static GraphdriverRequest read(String text) {
    if (text.isBlank()) {
      return new GraphdriverRequest(new JsonObject());
    }
    try {
      JsonElement json = JsonParser.parseString(text);
      if (json.isJsonObject()) {
        return new GraphdriverRequest(json.getAsJsonObject());
      }
      throw malformed("it is no object", null);
    } catch (JsonParseException e) {
      throw malformed(e.getMessage(), e);
    }
  }

  private static DriverException malformed(String why, Exception cause) {
    return new DriverException(Kind.INVALID_ARGUMENT, "request is no JSON: " + why, cause);
  }

  String id() {
    return text(GraphdriverProtocol.ID);
  }

  String parent() {
    return text(GraphdriverProtocol.PARENT);
  }

  /** A text field, or empty. */
  String text(String name) {
    JsonElement value = body.get(name);
    if (isEmpty(value)) {
      return "";
    }
    return textOf(name, value);
  }

  private static boolean isEmpty(JsonElement value) {
    return value == null || value.isJsonNull();
  }

  private static String textOf(String name, JsonElement value) {
    if (!value.isJsonPrimitive()) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "field is no text field=" + name + " value=" + value);
    }
    return value.getAsString();
  }

  /** A list of texts. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (JsonElement each : array(name)) {
      texts.add(textOf(name, each));
    }
    return texts;
  }

  /** How many entries a list has, whatever they are. */
  int count(String name) {
    return array(name).size();
  }

  private JsonArray array(String name) {
    JsonElement value = body.get(name);
    if (isEmpty(value)) {
      return new JsonArray();
    }
    if (!value.isJsonArray()) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "field is no list field=" + name + " value=" + value);
    }
    return value.getAsJsonArray();
  }

  /** Names and values. */
  Map<String, String> map(String name) {
    JsonElement value = body.get(name);
    if (isEmpty(value)) {
      return Map.of();
    }
    if (!value.isJsonObject()) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "field is no map field=" + name + " value=" + value);
    }
    Map<String, String> map = new LinkedHashMap<>();
    value
        .getAsJsonObject()
        .entrySet()
        .forEach(entry -> map.put(entry.getKey(), textOf(name, entry.getValue())));
    return map;
  }
}
