// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.DeviceUsage;
import io.veneer.thinpool.ExtentVisitor;
import io.veneer.thinpool.PoolListener;
import io.veneer.thinpool.PoolOperations;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.PoolStatistics;
import io.veneer.thinpool.PoolStatus;
import io.veneer.thinpool.file.PoolFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** A pool of thin devices. All methods may be called from any thread. */
public final class ThinPool implements AutoCloseable {
  /**
   * Makes a new pool in a folder. Durable on return.
   *
   * @param folder the folder; made if missing
   * @param options how
   */
  public static void create(Path folder, PoolOptions options) {
    throw new UnsupportedOperationException();
  }

  /**
   * Makes a new pool on given files.
   *
   * @param files empty files
   * @param options how
   */
  public static void create(PoolFiles files, PoolOptions options) {
    throw new UnsupportedOperationException();
  }

  /**
   * Opens a pool for reading and writing.
   *
   * @param folder the folder
   * @return the pool
   */
  public static ThinPool open(Path folder) {
    throw new UnsupportedOperationException();
  }

  /**
   * Opens a pool for reading only; changes nothing on disk.
   *
   * @param folder the folder
   * @return the pool
   */
  public static ThinPool openReadOnly(Path folder) {
    throw new UnsupportedOperationException();
  }

  /**
   * Opens a pool on given files, which it closes.
   *
   * @param files the files
   * @return the pool
   */
  public static ThinPool open(PoolFiles files) {
    throw new UnsupportedOperationException();
  }

  /**
   * Runs several operations as one transaction: all of it or nothing. Durable by the next commit.
   *
   * @param <T> what comes out
   * @param operations what to do
   * @return what the operations return
   */
  public <T> T transact(Function<PoolOperations, T> operations) {
    throw new UnsupportedOperationException();
  }

  /**
   * Makes an empty device.
   *
   * @param name its name
   * @param sizeBytes its size
   * @return its id
   */
  public int createDevice(String name, long sizeBytes) {
    throw new UnsupportedOperationException();
  }

  /**
   * Makes a snapshot device.
   *
   * @param name its name
   * @param originName the device to take it of
   * @return its id
   */
  public int createSnapshot(String name, String originName) {
    throw new UnsupportedOperationException();
  }

  /**
   * Removes a device.
   *
   * @param name the device
   */
  public void removeDevice(String name) {
    throw new UnsupportedOperationException();
  }

  /**
   * Renames a device.
   *
   * @param name the device
   * @param newName its new name
   */
  public void renameDevice(String name, String newName) {
    throw new UnsupportedOperationException();
  }

  /**
   * Resizes a device.
   *
   * @param name the device
   * @param sizeBytes its new size
   */
  public void resizeDevice(String name, long sizeBytes) {
    throw new UnsupportedOperationException();
  }

  /**
   * Opens a device.
   *
   * @param name the device
   * @return the open device
   */
  public BlockDevice openDevice(String name) {
    throw new UnsupportedOperationException();
  }

  /**
   * Opens a device for reading.
   *
   * @param name the device
   * @return the open device
   */
  public BlockDevice openDeviceReadOnly(String name) {
    throw new UnsupportedOperationException();
  }

  /**
   * Lists the devices.
   *
   * @return ascending by name
   */
  public List<DeviceInfo> devices() {
    throw new UnsupportedOperationException();
  }

  /**
   * Looks a device up.
   *
   * @param name the device
   * @return what is recorded of it
   */
  public DeviceInfo device(String name) {
    throw new UnsupportedOperationException();
  }

  /**
   * Finds what a device holds.
   *
   * @param name the device
   * @return exact figures
   */
  public DeviceUsage usage(String name) {
    throw new UnsupportedOperationException();
  }

  /**
   * Walks what differs between two devices.
   *
   * @param name the device
   * @param since the device to compare with
   * @param visitor takes the ranges, as extents of {@code name}
   */
  public void changedSince(String name, String since, ExtentVisitor visitor) {
    throw new UnsupportedOperationException();
  }

  /** Makes all that was done durable. */
  public void commit() {
    throw new UnsupportedOperationException();
  }

  /** Waits until the blocks of removed devices are free again. */
  public void awaitRemovals() {
    throw new UnsupportedOperationException();
  }

  /**
   * Tells the state.
   *
   * @return the state now
   */
  public PoolStatus status() {
    throw new UnsupportedOperationException();
  }

  /**
   * Tells the counters since opening.
   *
   * @return the counters now
   */
  public PoolStatistics statistics() {
    throw new UnsupportedOperationException();
  }

  /**
   * Grows the data file.
   *
   * @param dataBytes new size
   */
  public void growData(long dataBytes) {
    throw new UnsupportedOperationException();
  }

  /**
   * Grows the metadata limit.
   *
   * @param metadataBytes new limit
   */
  public void growMetadata(long metadataBytes) {
    throw new UnsupportedOperationException();
  }

  /**
   * Adds a listener.
   *
   * @param listener hears of events
   */
  public void addListener(PoolListener listener) {
    throw new UnsupportedOperationException();
  }

  /** Commits and closes; open devices are closed. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
