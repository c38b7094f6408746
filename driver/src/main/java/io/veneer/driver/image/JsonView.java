// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A JSON object of an image, read member by member. What is missing or of another type is an
 * INVALID_ARGUMENT that names the document and the member. Cannot be changed; any thread.
 */
final class JsonView {
  private final String document;
  private final JsonObject object;

  private JsonView(String document, JsonObject object) {
    this.document = document;
    this.object = object;
  }

  /** Reads a document that is one object. */
  static JsonView parse(String document, String text) {
    return ofElement(document, parseElement(document, text));
  }

  /** Reads a document that is a list of objects. */
  static List<JsonView> parseList(String document, String text) {
    return objects(document, parseElement(document, text));
  }

  private static JsonElement parseElement(String document, String text) {
    try {
      return JsonParser.parseString(text);
    } catch (JsonParseException | NumberFormatException e) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "not JSON: document=" + document + " reason=" + Shown.of(String.valueOf(e.getMessage())),
          e);
    }
  }

  private static JsonView ofElement(String document, JsonElement element) {
    if (!element.isJsonObject()) {
      throw new DriverException(Kind.INVALID_ARGUMENT, "not a JSON object: document=" + document);
    }
    return new JsonView(document, element.getAsJsonObject());
  }

  private static List<JsonView> objects(String document, JsonElement element) {
    if (!element.isJsonArray()) {
      throw new DriverException(Kind.INVALID_ARGUMENT, "not a JSON list: document=" + document);
    }
    List<JsonView> views = new ArrayList<>();
    for (JsonElement each : element.getAsJsonArray()) {
      views.add(ofElement(document, each));
    }
    return views;
  }

  /** A text, or empty if there is none or it is null. */
  Optional<String> text(String member) {
    JsonElement element = object.get(member);
    if (element == null || element.isJsonNull()) {
      return Optional.empty();
    }
    if (!element.isJsonPrimitive() || !element.getAsJsonPrimitive().isString()) {
      throw wrong(member, "a text");
    }
    return Optional.of(element.getAsString());
  }

  String requiredText(String member) {
    return text(member).orElseThrow(() -> wrong(member, "a text"));
  }

  /** A whole number of 0 or more. */
  long requiredSize(String member) {
    JsonElement element = object.get(member);
    try {
      if (element != null && element.isJsonPrimitive()) {
        long size = element.getAsJsonPrimitive().getAsBigDecimal().longValueExact();
        if (size >= 0) {
          return size;
        }
      }
    } catch (NumberFormatException | ArithmeticException e) {
      throw wrong(member, "a size");
    }
    throw wrong(member, "a size");
  }

  boolean flag(String member) {
    JsonElement element = object.get(member);
    return element != null
        && element.isJsonPrimitive()
        && element.getAsJsonPrimitive().isBoolean()
        && element.getAsBoolean();
  }

  /** An object, or empty if there is none or it is null. */
  Optional<JsonView> object(String member) {
    JsonElement element = object.get(member);
    if (element == null || element.isJsonNull()) {
      return Optional.empty();
    }
    if (!element.isJsonObject()) {
      throw wrong(member, "an object");
    }
    return Optional.of(new JsonView(document, element.getAsJsonObject()));
  }

  JsonView requiredObject(String member) {
    return object(member).orElseThrow(() -> wrong(member, "an object"));
  }

  /** A list of objects, empty if there is none or it is null. */
  List<JsonView> objects(String member) {
    List<JsonView> views = new ArrayList<>();
    for (JsonElement each : array(member)) {
      if (!each.isJsonObject()) {
        throw wrong(member, "a list of objects");
      }
      views.add(new JsonView(document, each.getAsJsonObject()));
    }
    return views;
  }

  /** A list of texts, empty if there is none or it is null. */
  List<String> texts(String member) {
    List<String> texts = new ArrayList<>();
    for (JsonElement each : array(member)) {
      if (!each.isJsonPrimitive() || !each.getAsJsonPrimitive().isString()) {
        throw wrong(member, "a list of texts");
      }
      texts.add(each.getAsString());
    }
    return texts;
  }

  private JsonArray array(String member) {
    JsonElement element = object.get(member);
    if (element == null || element.isJsonNull()) {
      return new JsonArray();
    }
    if (!element.isJsonArray()) {
      throw wrong(member, "a list");
    }
    return element.getAsJsonArray();
  }

  /** The members of an object that are texts. */
  Map<String, String> textMembers(String member) {
    Map<String, String> texts = new TreeMap<>();
    object(member)
        .ifPresent(
            view ->
                view.object.entrySet().stream()
                    .filter(each -> each.getValue().isJsonPrimitive())
                    .forEach(each -> texts.put(each.getKey(), each.getValue().getAsString())));
    return texts;
  }

  boolean has(String member) {
    JsonElement element = object.get(member);
    return element != null && !element.isJsonNull();
  }

  String document() {
    return document;
  }

  private DriverException wrong(String member, String expected) {
    return new DriverException(
        Kind.INVALID_ARGUMENT,
        "image has a document that cannot be read: document="
            + document
            + " member="
            + member
            + " expected="
            + expected);
  }
}
