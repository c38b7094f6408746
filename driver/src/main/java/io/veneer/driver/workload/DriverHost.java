// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** A storage driver, as it is; owns it. Threads: as {@link LayerHost} says. */
final class DriverHost implements LayerHost {
  /** Tells what the disk holds for a driver. */
  @FunctionalInterface
  interface Room {
    long heldBytes() throws IOException;

    /** The room of a folder on a file system that others use too. */
    static Room of(Path folder) {
      return () -> HostFiles.sizeOf(folder).allocatedBytes();
    }
  }

  private final String name;
  private final StorageDriver driver;
  private final Room room;
  private final Supplier<OptionalLong> copied;
  private final Runnable afterClose;

  DriverHost(String name, StorageDriver driver, Room room, Supplier<OptionalLong> copied) {
    this(name, driver, room, copied, () -> {});
  }

  /** With something to be done when the driver is closed. */
  DriverHost(
      String name,
      StorageDriver driver,
      Room room,
      Supplier<OptionalLong> copied,
      Runnable afterClose) {
    this.name = name;
    this.driver = driver;
    this.room = room;
    this.copied = copied;
    this.afterClose = afterClose;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void prepare(String key, String parent) {
    driver.prepare(key, parent, Map.of());
  }

  @Override
  public Path mount(String key) {
    return driver.get(key);
  }

  @Override
  public void unmount(String key) {
    driver.put(key);
  }

  @Override
  public void commit(String layer, String key) {
    driver.commit(layer, key, Map.of());
  }

  @Override
  public void remove(String key) {
    driver.remove(key);
  }

  @Override
  public void removeChain(List<String> topmostFirst) {
    List<String> removed =
        driver.removeChain(topmostFirst.get(0), info -> topmostFirst.contains(info.key()));
    if (!removed.equals(topmostFirst)) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION, "layers stay that should go driver=" + name);
    }
  }

  @Override
  public void settle() {
    driver.cleanup();
  }

  @Override
  public long storedBytes() throws IOException {
    return room.heldBytes();
  }

  @Override
  public long layerBytes(String key) {
    return driver.usage(key).sizeBytes();
  }

  @Override
  public OptionalLong copiedBytes() {
    return copied.get();
  }

  @Override
  public void close() {
    try {
      driver.close();
    } finally {
      afterClose.run();
    }
  }
}
