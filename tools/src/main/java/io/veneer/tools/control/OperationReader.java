// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolOperations;

/** Does to a pool what {@link RecordedOperations} noted. Stateless. */
final class OperationReader {
  static final String OPERATION = "operation";
  static final String NAME = "name";
  static final String SIZE = "sizeBytes";
  static final String OTHER = "other";
  static final String ATTRIBUTES = "attributes";
  static final String ON = "on";
  static final String EXPECTED = "expected";
  static final String NEXT = "next";

  /** The names are those on the wire. */
  enum Operation {
    CREATE,
    CREATE_WITH_ORIGIN,
    SNAPSHOT,
    REMOVE,
    RENAME,
    RESIZE,
    SET_ATTRIBUTES,
    SEAL,
    SET_QUOTA,
    SET_GUARANTEE,
    SET_TRANSACTION_ID
  }

  private OperationReader() {}

  static void apply(JsonArray batch, PoolOperations operations) {
    for (JsonElement element : batch) {
      apply(new Arguments(element.getAsJsonObject()), operations);
    }
  }

  private static void apply(Arguments arguments, PoolOperations operations) {
    String name = arguments.text(NAME);
    switch (operation(arguments.text(OPERATION))) {
      case CREATE -> operations.createDevice(name, arguments.number(SIZE));
      case CREATE_WITH_ORIGIN ->
          operations.createDevice(name, arguments.number(SIZE), arguments.text(OTHER));
      case SNAPSHOT -> operations.createSnapshot(name, arguments.text(OTHER));
      case REMOVE -> operations.removeDevice(name);
      case RENAME -> operations.renameDevice(name, arguments.text(OTHER));
      case RESIZE -> operations.resizeDevice(name, arguments.number(SIZE));
      case SET_ATTRIBUTES ->
          operations.setAttributes(name, RecordJson.texts(arguments.object(ATTRIBUTES)));
      case SEAL -> operations.sealDevice(name);
      case SET_QUOTA -> operations.setQuota(name, arguments.number(SIZE));
      case SET_GUARANTEE -> operations.setGuarantee(name, arguments.flag(ON));
      case SET_TRANSACTION_ID ->
          operations.setTransactionId(arguments.number(EXPECTED), arguments.number(NEXT));
    }
  }

  private static Operation operation(String name) {
    for (Operation operation : Operation.values()) {
      if (operation.name().equals(name)) {
        return operation;
      }
    }
    throw PoolException.badRequest(
        "the server does not know this operation; use the veneer that serves the pool: operation="
            + name);
  }
}
