// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.veneer.thinpool.PoolException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Turns the pool's records into JSON objects with a member for each component, and back. Components
 * are whole numbers, booleans, texts, constants of an enum, and maps of texts. Stateless.
 */
final class RecordJson {
  private RecordJson() {}

  static JsonObject write(Record record) {
    JsonObject json = new JsonObject();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      write(json, component.getName(), get(component, record));
    }
    return json;
  }

  private static Object get(RecordComponent component, Record record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("records tell their components", e);
    }
  }

  private static void write(JsonObject json, String name, Object value) {
    if (value instanceof Number number) {
      json.addProperty(name, number);
    } else if (value instanceof Boolean flag) {
      json.addProperty(name, flag);
    } else if (value instanceof Enum<?> constant) {
      json.addProperty(name, constant.name());
    } else if (value instanceof Map<?, ?> map) {
      json.add(name, texts(map));
    } else {
      json.addProperty(name, String.valueOf(value));
    }
  }

  static JsonObject texts(Map<?, ?> map) {
    JsonObject json = new JsonObject();
    map.forEach((key, value) -> json.addProperty(String.valueOf(key), String.valueOf(value)));
    return json;
  }

  static Map<String, String> texts(JsonObject json) {
    Map<String, String> texts = new LinkedHashMap<>();
    json.entrySet().forEach(entry -> texts.put(entry.getKey(), entry.getValue().getAsString()));
    return texts;
  }

  /**
   * Makes a record of an object that has all its components.
   *
   * @throws PoolException if it has not
   */
  static <T extends Record> T read(JsonObject json, Class<T> type) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = value(json, components[i]);
    }
    try {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<T> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("records are made of their components", e);
    }
  }

  private static Object value(JsonObject json, RecordComponent component) {
    JsonElement value = json.get(component.getName());
    if (value == null) {
      throw PoolException.badRequest(
          "the server of the pool is of another version, and does not tell '"
              + component.getName()
              + "'; use the veneer that serves the pool");
    }
    Class<?> type = component.getType();
    if (type == int.class) {
      return value.getAsInt();
    } else if (type == long.class) {
      return value.getAsLong();
    } else if (type == boolean.class) {
      return value.getAsBoolean();
    } else if (type == Map.class) {
      return texts(value.getAsJsonObject());
    }
    return type.isEnum() ? constant(type, value.getAsString()) : value.getAsString();
  }

  private static Object constant(Class<?> type, String name) {
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(name)) {
        return constant;
      }
    }
    throw PoolException.badRequest(
        "the server of the pool is of another version, and says '"
            + name
            + "'; use the veneer that serves the pool");
  }
}
