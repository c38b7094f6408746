// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import io.veneer.driver.Capability;
import io.veneer.driver.Change;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.StorageDriver;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Docker's layers in the snapshot model.
 *
 * <p>Docker makes layers that stay writable, and stands others on them whenever it likes; here only
 * what is committed can be a parent. So a layer is an active snapshot {@code ID~} at first, and is
 * committed as {@code ID} when it was filled from an archive, or when another layer is to stand on
 * it. Docker never writes to a layer after either.
 *
 * <p>Any thread may call. What is got is counted here, too, so that a daemon that says good-bye
 * leaves nothing mounted, and one that puts what an earlier server showed is not told off.
 */
final class DockerLayers {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,190}");
  private static final String ACTIVE = "~";

  /** Whether a container writes to a layer, or an archive fills it. */
  private static final String PURPOSE = "docker/purpose";

  private static final String IMAGE = "image";
  private static final String CONTAINER = "container";

  private final StorageDriver driver;
  private final Map<String, Integer> held = new ConcurrentHashMap<>();

  /** Locks by id, made when an archive comes and dropped with the layer. */
  private final Map<String, Object> filling = new ConcurrentHashMap<>();

  /**
   * Layers that are to be empty again after an archive failed, and for which there was no space.
   * They are made when they are next asked for. Another daemon does not want them any more.
   */
  private final Map<String, SnapshotInfo> owed = new ConcurrentHashMap<>();

  DockerLayers(StorageDriver driver) {
    this.driver = driver;
  }

  /** Removes the layers that an archive was to fill when the last daemon, or we, went away. */
  void removeUnfilled() {
    owed.clear();
    List<String> unfilled = new ArrayList<>();
    driver.walk(
        info -> {
          if (info.kind() == SnapshotKind.ACTIVE && isForImage(info)) {
            unfilled.add(info.key());
          }
        });
    unfilled.forEach(driver::remove);
  }

  private static boolean isForImage(SnapshotInfo info) {
    return IMAGE.equals(info.labels().get(PURPOSE));
  }

  void createForImage(String id, String parent, Map<String, String> labels) {
    create(id, parent, labels, IMAGE);
  }

  void createForContainer(String id, String parent, Map<String, String> labels) {
    create(id, parent, labels, CONTAINER);
  }

  private void create(String id, String parent, Map<String, String> labels, String purpose) {
    requireId(id);
    if (exists(id)) {
      throw new DriverException(Kind.ALREADY_EXISTS, "layer exists id=" + id);
    }
    if (!parent.isEmpty()) {
      commit(parent);
    }
    Map<String, String> all = new HashMap<>(labels);
    all.put(PURPOSE, purpose);
    driver.create(id + ACTIVE, parent, all);
  }

  /** Makes sure that a layer is committed. */
  private void commit(String id) {
    SnapshotInfo info = require(id);
    if (info.kind() == SnapshotKind.COMMITTED) {
      return;
    }
    try {
      driver.commit(id, info.key(), info.labels());
    } catch (DriverException e) {
      // Another layer that is made on it at the same time was quicker.
      if (find(id).map(SnapshotInfo::kind).orElse(null) != SnapshotKind.COMMITTED) {
        throw e;
      }
    }
  }

  private static void requireId(String id) {
    if (!ID.matcher(id).matches()) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "a layer's id has letters, digits, '_', '.' and '-', 191 at most id=" + id);
    }
  }

  private Optional<SnapshotInfo> find(String id) {
    requireId(id);
    // First as active: a commit between the two questions does not hide it.
    return stat(id + ACTIVE).or(() -> stat(id));
  }

  private Optional<SnapshotInfo> stat(String key) {
    try {
      return Optional.of(driver.stat(key));
    } catch (DriverException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  SnapshotInfo require(String id) {
    return find(id)
        .or(() -> madeUp(id))
        .orElseThrow(() -> new DriverException(Kind.NOT_FOUND, "no such layer id=" + id));
  }

  /** Makes a layer that is owed; fails while there still is no space. */
  private Optional<SnapshotInfo> madeUp(String id) {
    SnapshotInfo info = owed.get(id);
    if (info == null) {
      return Optional.empty();
    }
    try {
      driver.create(info.key(), info.parent(), info.labels());
    } catch (DriverException e) {
      // Another call that wanted it at the same time was quicker.
      if (e.kind() != Kind.ALREADY_EXISTS) {
        throw e;
      }
    }
    owed.remove(id, info);
    return find(id);
  }

  private String key(String id) {
    return require(id).key();
  }

  /** Of an empty id, which stands for no layer, the key is empty. */
  private String parentKey(String parent) {
    return parent.isEmpty() ? "" : key(parent);
  }

  boolean exists(String id) {
    return find(id).isPresent() || owed.containsKey(id);
  }

  /** What is gone already is removed: a daemon that was killed in the middle asks again. */
  void remove(String id) {
    owed.remove(id);
    Optional<SnapshotInfo> info = find(id);
    if (info.isPresent()) {
      driver.remove(info.get().key());
      held.remove(id);
      filling.remove(id);
    }
  }

  Path get(String id) {
    Path folder = driver.get(key(id));
    held.merge(id, 1, Integer::sum);
    return folder;
  }

  /**
   * Of what was got from an earlier server the driver knows whether it is still shown; if not, the
   * put is taken without a word.
   */
  void put(String id) {
    boolean[] got = {false};
    held.computeIfPresent(
        id,
        (same, count) -> {
          got[0] = true;
          return count == 1 ? null : count - 1;
        });
    if (got[0]) {
      driver.put(key(id));
    } else {
      find(id).ifPresent(this::putIfShown);
    }
  }

  private void putIfShown(SnapshotInfo info) {
    try {
      driver.put(info.key());
    } catch (DriverException e) {
      if (e.kind() != Kind.FAILED_PRECONDITION) {
        throw e;
      }
    }
  }

  /** Puts whatever is still got. */
  void putAll() {
    for (String id : List.copyOf(held.keySet())) {
      while (held.containsKey(id)) {
        put(id);
      }
    }
  }

  List<Change> changes(String id, String parent) {
    return driver.changes(key(id), parentKey(parent));
  }

  void diff(String id, String parent, OutputStream tar) {
    driver.diff(key(id), parentKey(parent), tar);
  }

  /** Where a layer is blocks, what counts is those it holds alone; else its files. */
  long diffSize(String id, String parent) {
    SnapshotInfo info = require(id);
    String parentKey = parentKey(parent);
    boolean blocks = driver.capabilities().contains(Capability.VOLUME);
    return blocks && info.parent().equals(parentKey)
        ? driver.usage(info.key()).sizeBytes()
        : driver.diffSize(info.key(), parentKey);
  }

  /**
   * Fills a layer; one for an image is finished by it. If it fails, the layer is empty again. Two
   * archives for one layer go one after the other: the first one's client may have gone away.
   */
  long applyDiff(String id, String parent, InputStream tar) {
    synchronized (filling.computeIfAbsent(id, same -> new Object())) {
      try {
        return applyDiffAlone(id, parent, tar);
      } finally {
        if (!exists(id)) {
          filling.remove(id);
        }
      }
    }
  }

  private long applyDiffAlone(String id, String parent, InputStream tar) {
    SnapshotInfo info = require(id);
    requireParent(info, parent);
    long bytes;
    try {
      bytes = driver.applyDiff(info.key(), tar);
    } catch (RuntimeException e) {
      emptyAgain(id, info, e);
      throw e;
    }
    if (isForImage(info)) {
      commit(id);
    }
    return bytes;
  }

  private static void requireParent(SnapshotInfo info, String parent) {
    if (!parent.isEmpty() && !info.parent().equals(parent)) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "the layer has another parent id="
              + info.key()
              + " parent="
              + info.parent()
              + " asked="
              + parent);
    }
  }

  /** What the archive took is given back in any case; a pool that it filled has no space before. */
  private void emptyAgain(String id, SnapshotInfo info, RuntimeException failure) {
    if (info.kind() != SnapshotKind.ACTIVE || !isForImage(info)) {
      return;
    }
    try {
      driver.remove(info.key());
      owed.put(id, info);
      madeUp(id);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
