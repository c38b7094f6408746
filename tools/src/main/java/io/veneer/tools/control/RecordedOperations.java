// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.PoolOperations;
import java.util.Map;

/**
 * Notes the operations of a batch, to be done by {@link OperationReader} in the server. Nothing has
 * happened when a method returns, so there are no ids to return and no devices to look up.
 */
final class RecordedOperations implements PoolOperations {
  private final JsonArray operations = new JsonArray();

  JsonArray operations() {
    return operations;
  }

  private JsonObject add(OperationReader.Operation operation, String name) {
    JsonObject json = new JsonObject();
    json.addProperty(OperationReader.OPERATION, operation.name());
    json.addProperty(OperationReader.NAME, name);
    operations.add(json);
    return json;
  }

  @Override
  public int createDevice(String name, long sizeBytes) {
    add(OperationReader.Operation.CREATE, name).addProperty(OperationReader.SIZE, sizeBytes);
    return 0;
  }

  @Override
  public int createDevice(String name, long sizeBytes, String externalOrigin) {
    JsonObject json = add(OperationReader.Operation.CREATE_WITH_ORIGIN, name);
    json.addProperty(OperationReader.SIZE, sizeBytes);
    json.addProperty(OperationReader.OTHER, externalOrigin);
    return 0;
  }

  @Override
  public int createSnapshot(String name, String originName) {
    add(OperationReader.Operation.SNAPSHOT, name).addProperty(OperationReader.OTHER, originName);
    return 0;
  }

  @Override
  public void removeDevice(String name) {
    add(OperationReader.Operation.REMOVE, name);
  }

  @Override
  public void renameDevice(String name, String newName) {
    add(OperationReader.Operation.RENAME, name).addProperty(OperationReader.OTHER, newName);
  }

  @Override
  public void resizeDevice(String name, long sizeBytes) {
    add(OperationReader.Operation.RESIZE, name).addProperty(OperationReader.SIZE, sizeBytes);
  }

  @Override
  public void setAttributes(String name, Map<String, String> attributes) {
    add(OperationReader.Operation.SET_ATTRIBUTES, name)
        .add(OperationReader.ATTRIBUTES, RecordJson.texts(attributes));
  }

  @Override
  public void sealDevice(String name) {
    add(OperationReader.Operation.SEAL, name);
  }

  @Override
  public void setQuota(String name, long quotaBytes) {
    add(OperationReader.Operation.SET_QUOTA, name).addProperty(OperationReader.SIZE, quotaBytes);
  }

  @Override
  public void setGuarantee(String name, boolean guaranteed) {
    add(OperationReader.Operation.SET_GUARANTEE, name).addProperty(OperationReader.ON, guaranteed);
  }

  @Override
  public void setTransactionId(long expected, long next) {
    JsonObject json = add(OperationReader.Operation.SET_TRANSACTION_ID, "");
    json.addProperty(OperationReader.EXPECTED, expected);
    json.addProperty(OperationReader.NEXT, next);
  }

  @Override
  public DeviceInfo device(String name) {
    throw new UnsupportedOperationException("a batch cannot look devices up; do it before");
  }
}
