// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.veneer.thinpool.PoolException;
import java.util.function.Function;

/**
 * The members of a request, by name. What is missing or of another kind is refused with a {@link
 * PoolException}, because it came from outside.
 *
 * @param json the members
 */
public record Arguments(JsonObject json) {

  /**
   * A text.
   *
   * @param name the member
   * @return its value
   */
  public String text(String name) {
    return get(name, JsonElement::getAsString);
  }

  /**
   * A whole number.
   *
   * @param name the member
   * @return its value
   */
  public long number(String name) {
    return get(name, JsonElement::getAsLong);
  }

  /**
   * A yes or no.
   *
   * @param name the member
   * @return its value
   */
  public boolean flag(String name) {
    return get(name, JsonElement::getAsBoolean);
  }

  JsonObject object(String name) {
    return get(name, JsonElement::getAsJsonObject);
  }

  JsonArray array(String name) {
    return get(name, JsonElement::getAsJsonArray);
  }

  private <T> T get(String name, Function<JsonElement, T> reader) {
    JsonElement value = json.get(name);
    try {
      if (value != null) {
        return reader.apply(value);
      }
    } catch (IllegalStateException
        | UnsupportedOperationException
        | NumberFormatException
        | ClassCastException e) {
      throw PoolException.badRequest("a request has a member of a wrong kind: member=" + name);
    }
    throw PoolException.badRequest("a request lacks a member: member=" + name);
  }
}
