// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.snapshot;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Counts who has the folder of a snapshot, so that the store shows it once however often it is got.
 *
 * <p>A snapshot that is removed while somebody has it is hidden at once; the puts that are still to
 * come for it are remembered as owed and taken without effect, so that they do not take the folder
 * away from those who get a new snapshot of the same key.
 *
 * <p>Any thread may call; a key's show, hide and count change together, while another's go on.
 */
final class ShownSnapshots {
  private final SnapshotStore store;

  /** Keeps the store's calls for one key apart. */
  private final KeyClaims showing = new KeyClaims();

  private final Map<String, Shown> shown = new ConcurrentHashMap<>();
  private final Map<String, Integer> owed = new ConcurrentHashMap<>();

  private record Shown(SnapshotInfo info, Path folder, int count) {
    Shown counted(int more) {
      return new Shown(info, folder, count + more);
    }
  }

  /** What an earlier process left shown counts as got once: who got it more often puts in vain. */
  ShownSnapshots(SnapshotStore store) {
    this.store = store;
    store.stillShown().forEach((info, folder) -> shown.put(info.key(), new Shown(info, folder, 1)));
  }

  Path get(SnapshotInfo info) {
    return whileShowing(
        info.key(),
        () -> {
          Shown before = shown.get(info.key());
          Shown now = before == null ? new Shown(info, store.show(info), 1) : before.counted(1);
          shown.put(info.key(), now);
          return now.folder();
        });
  }

  /** Takes a put that is owed for a snapshot that was removed under its holder. */
  boolean takeOwed(String key) {
    return owed.containsKey(key)
        && whileShowing(
            key,
            () -> {
              boolean isOwed = owed.containsKey(key);
              owed.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
              return isOwed;
            });
  }

  Path put(SnapshotInfo info) {
    return whileShowing(
        info.key(),
        () -> {
          Shown now = shown.get(info.key());
          if (now == null) {
            throw new DriverException(
                Kind.FAILED_PRECONDITION, "cannot put what nobody has key=" + info.key());
          }
          if (now.count() == 1) {
            store.hide(now.info());
            shown.remove(info.key());
          } else {
            shown.put(info.key(), now.counted(-1));
          }
          return now.folder();
        });
  }

  void checkIsNotShown(SnapshotInfo info, String what) {
    Shown now = shown.get(info.key());
    if (now != null) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION,
          "cannot "
              + what
              + " while the snapshot is in use, put it first key="
              + info.key()
              + " uses="
              + now.count());
    }
  }

  /** Hides a snapshot that is about to be removed. */
  void forget(SnapshotInfo info) {
    whileShowing(
        info.key(),
        () -> {
          Shown now = shown.get(info.key());
          if (now != null) {
            store.hide(now.info());
            shown.remove(info.key());
            owed.merge(info.key(), now.count(), Integer::sum);
          }
          return now;
        });
  }

  /**
   * Leaves everything, before the store is closed; goes on after a failure and throws the first.
   */
  void close() {
    DriverException failure = null;
    for (Shown each : shown.values()) {
      try {
        store.leave(each.info());
      } catch (DriverException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    shown.clear();
    if (failure != null) {
      throw failure;
    }
  }

  private <T> T whileShowing(String key, Supplier<T> work) {
    return showing.whileChanging(Set.of(key), "", work);
  }
}
