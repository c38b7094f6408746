// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.owner;

import io.veneer.driver.Capability;
import io.veneer.driver.Change;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.LayerFile;
import io.veneer.driver.LayerTree;
import io.veneer.driver.Mount;
import io.veneer.driver.OpenMode;
import io.veneer.driver.SnapshotFilter;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.Usage;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The snapshots of one owner in a driver that others use too. It keeps the whole contract of {@link
 * StorageDriver} in a space of keys of its own: what others made is not there, cannot be a parent,
 * and is never visited. Keys may have up to 4096 bytes and any character.
 *
 * <p>Engines remove what they are shown and do not know, so this is what keeps two engines on one
 * pool from removing each other's containers. Any thread may call. Does not own the driver: closing
 * leaves it open.
 */
public final class OwnedDriver implements StorageDriver {
  private final StorageDriver driver;
  private final OwnedKeys keys;
  private volatile boolean closed;

  /**
   * Makes an owner's part.
   *
   * @param driver the driver below, used until this is closed
   * @param owner lower-case letters, digits, dots and dashes, 63 at most; the same name gives the
   *     same snapshots
   * @throws DriverException INVALID_ARGUMENT if the name is none
   */
  public OwnedDriver(StorageDriver driver, String owner) {
    this.driver = driver;
    this.keys = new OwnedKeys(owner);
  }

  @Override
  public String name() {
    return driver.name();
  }

  @Override
  public Set<Capability> capabilities() {
    return driver.capabilities();
  }

  @Override
  public List<Mount> prepare(String key, String parent, Map<String, String> labels) {
    return open()
        .prepare(keys.toDriver(key), keys.parentToDriver(parent), keys.labelsToDriver(key, labels));
  }

  @Override
  public void create(String key, String parent, Map<String, String> labels) {
    open()
        .create(keys.toDriver(key), keys.parentToDriver(parent), keys.labelsToDriver(key, labels));
  }

  @Override
  public List<Mount> view(String key, String parent, Map<String, String> labels) {
    return open()
        .view(keys.toDriver(key), keys.parentToDriver(parent), keys.labelsToDriver(key, labels));
  }

  @Override
  public List<Mount> mounts(String key) {
    return open().mounts(keys.toDriver(key));
  }

  @Override
  public void commit(String name, String key, Map<String, String> labels) {
    open().commit(keys.toDriver(name), keys.toDriver(key), keys.labelsToDriver(name, labels));
  }

  @Override
  public void commitAndContinue(String name, String key, Map<String, String> labels) {
    open()
        .commitAndContinue(
            keys.toDriver(name), keys.toDriver(key), keys.labelsToDriver(name, labels));
  }

  @Override
  public SnapshotInfo stat(String key) {
    SnapshotInfo info = open().stat(keys.toDriver(key));
    return owned(info, this::parentOf);
  }

  @Override
  public SnapshotInfo update(SnapshotInfo info, String... fieldPaths) {
    for (String fieldPath : fieldPaths) {
      OwnedKeys.requireUnreserved(fieldPath.replaceFirst("^labels\\.", ""));
    }
    SnapshotInfo asked =
        new SnapshotInfo(
            keys.toDriver(info.key()),
            info.parent(),
            info.kind(),
            info.createdAt(),
            info.updatedAt(),
            keys.labelsToDriver(info.key(), info.labels()));
    return owned(open().update(asked, fieldPaths), this::parentOf);
  }

  @Override
  public Usage usage(String key) {
    return open().usage(keys.toDriver(key));
  }

  @Override
  public void walk(Consumer<SnapshotInfo> visitor, String... filters) {
    SnapshotFilter filter = SnapshotFilter.parse(filters);
    List<SnapshotInfo> all = new ArrayList<>();
    open().walk(all::add);
    all.removeIf(info -> !keys.owns(info.key()));
    Map<String, String> keysByDriverKey = new HashMap<>();
    all.forEach(info -> keysByDriverKey.put(info.key(), keys.fromDriver(info)));
    all.stream().map(info -> owned(info, keysByDriverKey::get)).filter(filter).forEach(visitor);
  }

  @Override
  public void remove(String key) {
    open().remove(keys.toDriver(key));
  }

  @Override
  public List<String> removeChain(String key, Predicate<SnapshotInfo> goes) {
    Map<String, String> keysByDriverKey = new HashMap<>();
    List<String> removed =
        open()
            .removeChain(
                keys.toDriver(key),
                info -> {
                  if (!keys.owns(info.key())) {
                    return false;
                  }
                  SnapshotInfo owned = owned(info, this::parentOf);
                  keysByDriverKey.put(info.key(), owned.key());
                  return goes.test(owned);
                });
    return removed.stream().map(keysByDriverKey::get).toList();
  }

  @Override
  public void cleanup() {
    open().cleanup();
  }

  @Override
  public LayerFile openFile(String key, String path, OpenMode mode) {
    return open().openFile(keys.toDriver(key), path, mode);
  }

  @Override
  public LayerTree tree(String key) {
    return open().tree(keys.toDriver(key));
  }

  @Override
  public Path get(String key) {
    return open().get(keys.toDriver(key));
  }

  @Override
  public void put(String key) {
    open().put(keys.toDriver(key));
  }

  @Override
  public List<Change> changes(String key, String parent) {
    return open().changes(keys.toDriver(key), keys.parentToDriver(parent));
  }

  @Override
  public void diff(String key, String parent, OutputStream tar) {
    open().diff(keys.toDriver(key), keys.parentToDriver(parent), tar);
  }

  @Override
  public long applyDiff(String key, InputStream tar) {
    return open().applyDiff(keys.toDriver(key), tar);
  }

  @Override
  public long diffSize(String key, String parent) {
    return open().diffSize(keys.toDriver(key), keys.parentToDriver(parent));
  }

  @Override
  public long copiedBytes() {
    return driver.copiedBytes();
  }

  /** Ends this use of the driver; the driver itself stays open, as others use it. */
  @Override
  public void close() {
    closed = true;
  }

  private StorageDriver open() {
    if (closed) {
      throw new DriverException(Kind.FAILED_PRECONDITION, "driver is closed driver=" + name());
    }
    return driver;
  }

  private SnapshotInfo owned(SnapshotInfo info, Function<String, String> parentOf) {
    return new SnapshotInfo(
        keys.fromDriver(info),
        info.hasParent() ? parentOf.apply(info.parent()) : "",
        info.kind(),
        info.createdAt(),
        info.updatedAt(),
        keys.labelsFromDriver(info.labels()));
  }

  /** A parent cannot go before its children, so it is there to be asked for a key that was cut. */
  private String parentOf(String driverKey) {
    return keys.isDigested(driverKey)
        ? keys.fromDriver(open().stat(driverKey))
        : keys.plain(driverKey);
  }
}
