// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.DeviceUsage;
import io.veneer.thinpool.PoolOperations;
import io.veneer.thinpool.PoolPolicy;
import io.veneer.thinpool.PoolStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A pool that another process has open, with the methods of {@link
 * io.veneer.thinpool.pool.ThinPool}, so far as they make sense from outside. What it refuses is
 * thrown with the same types and messages. One thread.
 */
public final class LivePool implements AutoCloseable {
  private final ControlClient client;

  /**
   * A pool behind a connection.
   *
   * @param client the connection; closed with this
   */
  public LivePool(ControlClient client) {
    this.client = client;
  }

  /**
   * Tells the state.
   *
   * @return the state at this moment
   */
  public PoolStatus status() {
    return RecordJson.read(client.call(PoolRequests.STATUS, new JsonObject()), PoolStatus.class);
  }

  /**
   * Tells who serves the pool.
   *
   * @return the server and its doors at this moment
   */
  public ServerState server() {
    return ServerState.read(client.call(ServerState.REQUEST, new JsonObject()));
  }

  /**
   * Lists the devices.
   *
   * @return all, ascending by name
   */
  public List<DeviceInfo> devices() {
    List<DeviceInfo> devices = new ArrayList<>();
    client.send(PoolRequests.DEVICES, new JsonObject(), ControlProtocol.nothing());
    boolean last = false;
    while (!last) {
      Frame frame = client.receive();
      JsonArray part = new Arguments(frame.header()).array(PoolRequests.DEVICES);
      for (JsonElement device : part) {
        devices.add(RecordJson.read(device.getAsJsonObject(), DeviceInfo.class));
      }
      last = ControlClient.isLast(frame);
    }
    return devices;
  }

  /**
   * Looks a device up.
   *
   * @param name the device
   * @return what is recorded of it
   */
  public DeviceInfo device(String name) {
    return RecordJson.read(client.call(PoolRequests.DEVICE, named(name)), DeviceInfo.class);
  }

  /**
   * Finds what a device holds, exactly.
   *
   * @param name the device
   * @return the figures
   */
  public DeviceUsage usage(String name) {
    return RecordJson.read(client.call(PoolRequests.USAGE, named(name)), DeviceUsage.class);
  }

  private static JsonObject named(String name) {
    JsonObject arguments = new JsonObject();
    arguments.addProperty(PoolRequests.NAME, name);
    return arguments;
  }

  /**
   * Does several operations as one transaction; durable on return. Nothing is asked before the list
   * has been run, so operations return nothing and devices cannot be looked up in it.
   *
   * @param batch the operations
   */
  public void apply(Consumer<PoolOperations> batch) {
    RecordedOperations recorded = new RecordedOperations();
    batch.accept(recorded);
    JsonObject arguments = new JsonObject();
    arguments.add(PoolRequests.OPERATIONS, recorded.operations());
    client.call(PoolRequests.APPLY, arguments);
  }

  /** Waits until the blocks of removed devices that nobody has open are free again. */
  public void awaitRemovals() {
    client.call(PoolRequests.AWAIT_REMOVALS, new JsonObject());
  }

  /**
   * Has a name to itself until this is closed.
   *
   * @param name the name
   * @param waitMillis how long to wait for who has it
   * @throws io.veneer.thinpool.PoolException if somebody else has it still
   */
  public void claim(String name, long waitMillis) {
    JsonObject arguments = named(name);
    arguments.addProperty(PoolRequests.WAIT_MILLIS, waitMillis);
    client.call(PoolRequests.CLAIM, arguments);
  }

  /**
   * Opens a device.
   *
   * @param name the device
   * @return the device, to be closed
   */
  public BlockDevice openDevice(String name) {
    return LiveDevice.open(client, name, false);
  }

  /**
   * Opens a device for reading.
   *
   * @param name the device
   * @return the device, to be closed
   */
  public BlockDevice openDeviceReadOnly(String name) {
    return LiveDevice.open(client, name, true);
  }

  /**
   * Grows the data file.
   *
   * @param dataBytes new size
   */
  public void growData(long dataBytes) {
    client.call(PoolRequests.GROW_DATA, bytes(dataBytes));
  }

  /**
   * Raises the metadata limit.
   *
   * @param metadataBytes new limit
   */
  public void growMetadata(long metadataBytes) {
    client.call(PoolRequests.GROW_METADATA, bytes(metadataBytes));
  }

  /**
   * Grows the data file and raises the metadata limit, both or none.
   *
   * @param dataBytes new size
   * @param metadataBytes new limit
   */
  public void grow(long dataBytes, long metadataBytes) {
    JsonObject arguments = bytes(dataBytes);
    arguments.addProperty(PoolRequests.METADATA_BYTES, metadataBytes);
    client.call(PoolRequests.GROW, arguments);
  }

  /**
   * Changes what the pool does as it runs low and is full.
   *
   * @param policy all of it
   */
  public void setPolicy(PoolPolicy policy) {
    JsonObject arguments = new JsonObject();
    arguments.add(PoolRequests.POLICY, RecordJson.write(policy));
    client.call(PoolRequests.SET_POLICY, arguments);
  }

  private static JsonObject bytes(long bytes) {
    JsonObject arguments = new JsonObject();
    arguments.addProperty(PoolRequests.BYTES, bytes);
    return arguments;
  }

  /** Ends the connection. Idempotent. */
  @Override
  public void close() {
    client.close();
  }
}
