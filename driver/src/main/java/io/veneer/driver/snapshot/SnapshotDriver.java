// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.snapshot;

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
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.Usage;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A storage driver: the rules of the snapshot model above a {@link SnapshotStore} that keeps the
 * layers.
 *
 * <p>Each change claims the keys it touches, looks at the records, and lets the store do it;
 * changes of different snapshots run beside each other. Any thread may call. Owns the store.
 */
public final class SnapshotDriver implements StorageDriver {
  private final SnapshotStore store;
  private final Clock clock;
  private final ShownSnapshots shown;
  private final KeyClaims claims = new KeyClaims();
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Makes a driver.
   *
   * @param store an open store, closed with the driver
   * @param clock for creation and update times
   */
  public SnapshotDriver(SnapshotStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
    this.shown = new ShownSnapshots(store);
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public Set<Capability> capabilities() {
    return store.capabilities();
  }

  @Override
  public List<Mount> prepare(String key, String parent, Map<String, String> labels) {
    return create(key, parent, SnapshotKind.ACTIVE, labels, this::mountsOfNew);
  }

  @Override
  public void create(String key, String parent, Map<String, String> labels) {
    create(key, parent, SnapshotKind.ACTIVE, labels, info -> info);
  }

  @Override
  public List<Mount> view(String key, String parent, Map<String, String> labels) {
    return create(key, parent, SnapshotKind.VIEW, labels, this::mountsOfNew);
  }

  @Override
  public List<Mount> mounts(String key) {
    SnapshotInfo info = stat(key);
    if (info.kind() == SnapshotKind.COMMITTED) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION, "cannot mount a committed snapshot, view it name=" + key);
    }
    return store.mounts(info);
  }

  @Override
  public void commit(String name, String key, Map<String, String> labels) {
    checkOpen();
    SnapshotRules.checkKey(name);
    SnapshotRules.checkLabels(labels);
    claims.whileChanging(
        Set.copyOf(List.of(name, key)), "", () -> commitClaimed(name, key, labels));
  }

  private SnapshotInfo commitClaimed(String name, String key, Map<String, String> labels) {
    SnapshotInfo active = activeToCommit(name, key);
    SnapshotInfo committed = committed(name, active, labels);
    store.commit(active, committed);
    return committed;
  }

  private SnapshotInfo activeToCommit(String name, String key) {
    checkIsFree(name);
    SnapshotInfo active = stat(key);
    SnapshotRules.checkIsActive(active, "commit");
    shown.checkIsNotShown(active, "commit");
    return active;
  }

  private SnapshotInfo committed(String name, SnapshotInfo active, Map<String, String> labels) {
    Instant now = clock.instant();
    return new SnapshotInfo(name, active.parent(), SnapshotKind.COMMITTED, now, now, labels);
  }

  @Override
  public void commitAndContinue(String name, String key, Map<String, String> labels) {
    checkOpen();
    SnapshotRules.checkKey(name);
    SnapshotRules.checkLabels(labels);
    claims.whileChanging(
        Set.copyOf(List.of(name, key)), "", () -> commitAndContinueClaimed(name, key, labels));
  }

  private SnapshotInfo commitAndContinueClaimed(
      String name, String key, Map<String, String> labels) {
    SnapshotInfo active = activeToCommit(name, key);
    SnapshotInfo committed = committed(name, active, labels);
    SnapshotInfo next =
        new SnapshotInfo(
            key,
            name,
            SnapshotKind.ACTIVE,
            active.createdAt(),
            committed.updatedAt(),
            active.labels());
    store.commitAndContinue(active, committed, next);
    return next;
  }

  @Override
  public SnapshotInfo stat(String key) {
    checkOpen();
    return store
        .find(key)
        .orElseThrow(() -> new DriverException(Kind.NOT_FOUND, "no such snapshot key=" + key));
  }

  @Override
  public SnapshotInfo update(SnapshotInfo info, String... fieldPaths) {
    checkOpen();
    return claims.whileChanging(
        Set.of(info.key()), "", () -> updateClaimed(info, List.of(fieldPaths)));
  }

  private SnapshotInfo updateClaimed(SnapshotInfo info, List<String> fieldPaths) {
    SnapshotInfo now = stat(info.key());
    Map<String, String> labels =
        SnapshotRules.updatedLabels(now.labels(), info.labels(), fieldPaths);
    SnapshotRules.checkLabels(labels);
    SnapshotInfo changed = now.withLabels(labels, clock.instant());
    store.relabel(changed);
    return changed;
  }

  @Override
  public Usage usage(String key) {
    return store.usage(stat(key));
  }

  @Override
  public void walk(Consumer<SnapshotInfo> visitor, String... filters) {
    checkOpen();
    SnapshotFilter filter = SnapshotFilter.parse(filters);
    store.all().stream().filter(filter).forEach(visitor);
  }

  @Override
  public void remove(String key) {
    checkOpen();
    claims.whileChanging(Set.of(key), "", () -> removeClaimed(key));
  }

  private SnapshotInfo removeClaimed(String key) {
    SnapshotInfo info = stat(key);
    checkHasNoChildren(info);
    shown.forget(info);
    store.remove(info);
    return info;
  }

  @Override
  public List<String> removeChain(String key, Predicate<SnapshotInfo> goes) {
    checkOpen();
    Set<String> keys = Set.copyOf(keysOf(SnapshotRules.chain(store.all(), key, goes)));
    return keys.isEmpty()
        ? List.of()
        : claims.whileChanging(keys, "", () -> removeChainClaimed(key, keys, goes));
  }

  /** Looks again: before the keys were claimed others may have changed what they name. */
  private List<String> removeChainClaimed(
      String key, Set<String> claimed, Predicate<SnapshotInfo> goes) {
    List<SnapshotInfo> chain =
        SnapshotRules.chain(
            store.all(), key, info -> claimed.contains(info.key()) && goes.test(info));
    chain.forEach(shown::forget);
    if (!chain.isEmpty()) {
      store.removeAll(chain);
    }
    return keysOf(chain);
  }

  private static List<String> keysOf(List<SnapshotInfo> infos) {
    return infos.stream().map(SnapshotInfo::key).toList();
  }

  @Override
  public void cleanup() {
    checkOpen();
    store.cleanup();
  }

  @Override
  public LayerFile openFile(String key, String path, OpenMode mode) {
    SnapshotInfo info = stat(key);
    if (mode.writes()) {
      SnapshotRules.checkIsActive(info, "write");
      shown.checkIsNotShown(info, "write without the mount");
    }
    return store.openFile(info, path, mode);
  }

  @Override
  public LayerTree tree(String key) {
    return store.tree(stat(key));
  }

  @Override
  public Path get(String key) {
    checkOpen();
    return claims.whileLeaning(Set.of(key), () -> shown.get(stat(key)));
  }

  @Override
  public void put(String key) {
    checkOpen();
    if (!shown.takeOwed(key)) {
      claims.whileLeaning(Set.of(key), () -> shown.put(stat(key)));
    }
  }

  @Override
  public List<Change> changes(String key, String parent) {
    return compare(key, parent, store::changes);
  }

  @Override
  public void diff(String key, String parent, OutputStream tar) {
    compare(
        key,
        parent,
        (info, older) -> {
          store.diff(info, older, tar);
          return info;
        });
  }

  @Override
  public long diffSize(String key, String parent) {
    return compare(key, parent, store::diffSize);
  }

  @Override
  public long applyDiff(String key, InputStream tar) {
    checkOpen();
    return claims.whileChanging(
        Set.of(key),
        "",
        () -> {
          SnapshotInfo info = stat(key);
          SnapshotRules.checkIsActive(info, "apply an archive");
          return store.applyDiff(info, tar);
        });
  }

  /** Does work on two snapshots, which stay as they are until it is done. */
  private <T> T compare(
      String key, String parent, BiFunction<SnapshotInfo, Optional<SnapshotInfo>, T> work) {
    checkOpen();
    return claims.whileLeaning(
        parent.isEmpty() ? Set.of(key) : Set.copyOf(List.of(key, parent)),
        () -> {
          SnapshotInfo info = stat(key);
          return work.apply(info, parent.isEmpty() ? Optional.empty() : Optional.of(stat(parent)));
        });
  }

  @Override
  public long copiedBytes() {
    return store.copiedBytes();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        shown.close();
      } finally {
        store.close();
      }
    }
  }

  private <T> T create(
      String key,
      String parent,
      SnapshotKind kind,
      Map<String, String> labels,
      Function<SnapshotInfo, T> answer) {
    checkOpen();
    SnapshotRules.checkKey(key);
    SnapshotRules.checkLabels(labels);
    return claims.whileChanging(
        Set.of(key), parent, () -> answer.apply(createClaimed(key, parent, kind, labels)));
  }

  private SnapshotInfo createClaimed(
      String key, String parent, SnapshotKind kind, Map<String, String> labels) {
    checkIsFree(key);
    checkIsParent(parent);
    Instant now = clock.instant();
    SnapshotInfo info = new SnapshotInfo(key, parent, kind, now, now, labels);
    store.create(info);
    return info;
  }

  /** Who is not told how to mount a snapshot was told that there is none. */
  private List<Mount> mountsOfNew(SnapshotInfo info) {
    try {
      return store.mounts(info);
    } catch (RuntimeException e) {
      try {
        store.remove(info);
      } catch (RuntimeException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
  }

  private void checkOpen() {
    if (closed.get()) {
      throw new DriverException(Kind.FAILED_PRECONDITION, "driver is closed driver=" + name());
    }
  }

  private void checkIsFree(String key) {
    if (store.find(key).isPresent()) {
      throw new DriverException(Kind.ALREADY_EXISTS, "snapshot exists key=" + key);
    }
  }

  private void checkIsParent(String parent) {
    if (parent.isEmpty()) {
      return;
    }
    SnapshotInfo info =
        store
            .find(parent)
            .orElseThrow(
                () -> new DriverException(Kind.NOT_FOUND, "no such parent parent=" + parent));
    if (info.kind() != SnapshotKind.COMMITTED) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "parent is not committed parent=" + parent + " kind=" + info.kind());
    }
  }

  private void checkHasNoChildren(SnapshotInfo info) {
    if (info.kind() != SnapshotKind.COMMITTED) {
      return;
    }
    store.all().stream()
        .filter(each -> each.parent().equals(info.key()))
        .findAny()
        .ifPresent(
            child -> {
              throw new DriverException(
                  Kind.FAILED_PRECONDITION,
                  "cannot remove a snapshot with children name="
                      + info.key()
                      + " child="
                      + child.key());
            });
  }
}
