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
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.Usage;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a driver keeps below the rules: the records of its snapshots, and their content.
 *
 * <p>{@link SnapshotDriver} checks every request before it comes here, so that a store checks no
 * kinds, keys or labels. It calls from many threads, but never two changing methods ({@link
 * #create}, {@link #commit}, {@link #commitAndContinue}, {@link #relabel}, {@link #remove}, {@link
 * #removeAll}, {@link #applyDiff}) for one key or name at a time, nor removes a parent while a
 * child of it is being created. What a changing method did is durable when it returns ({@link
 * #applyDiff}: with the commit), and after a power cut during it, is there wholly or not at all.
 * Failures are {@link DriverException}s.
 *
 * <p>A snapshot is shown once at a time: {@link #show} and {@link #hide} of one key come in turn,
 * in no two threads at a time. It is hidden before it is removed and before the store is closed,
 * and never shown while it is committed.
 */
public interface SnapshotStore extends AutoCloseable {
  /**
   * The driver's name.
   *
   * @return lower-case letters and digits
   */
  String name();

  /**
   * What the driver can do.
   *
   * @return always the same set
   */
  Set<Capability> capabilities();

  /**
   * Looks a record up. Must be cheap.
   *
   * @param key a key or a name
   * @return the record, or empty
   */
  Optional<SnapshotInfo> find(String key);

  /**
   * All records.
   *
   * @return a copy of one moment
   */
  Collection<SnapshotInfo> all();

  /**
   * Makes an active snapshot or a view.
   *
   * @param info its record; the parent is there and committed
   */
  void create(SnapshotInfo info);

  /**
   * Turns an active snapshot into a committed one, with all that was written to it.
   *
   * @param active the record now
   * @param committed the record from here on, with the same parent
   */
  void commit(SnapshotInfo active, SnapshotInfo committed);

  /**
   * Commits an active snapshot, and makes another one of its key on top of it. A store that needs
   * more than one step for it may have done the first only, after a power cut or a failure.
   *
   * @param active the record now
   * @param committed the record from here on, with the same parent
   * @param next the record of the new active snapshot
   */
  default void commitAndContinue(SnapshotInfo active, SnapshotInfo committed, SnapshotInfo next) {
    commit(active, committed);
    create(next);
  }

  /**
   * Replaces a record by one with other labels.
   *
   * @param info the record from here on
   */
  void relabel(SnapshotInfo info);

  /**
   * Removes a snapshot that has no children.
   *
   * @param info its record
   */
  void remove(SnapshotInfo info);

  /**
   * Removes snapshots, each of which has no children but the one before it. Those that need more
   * than one step for it do so in this order, and after a power cut the last ones may be left.
   *
   * @param infos their records, the topmost first
   */
  default void removeAll(List<SnapshotInfo> infos) {
    infos.forEach(this::remove);
  }

  /**
   * Tells how to mount an active snapshot or a view.
   *
   * @param info its record
   * @return at least one step
   */
  List<Mount> mounts(SnapshotInfo info);

  /**
   * Tells what a snapshot holds.
   *
   * @param info its record
   * @return without its parent
   */
  Usage usage(SnapshotInfo info);

  /**
   * Opens content.
   *
   * @param info the snapshot's record; active if the mode writes
   * @param path not checked yet
   * @param mode how
   * @return the open file
   */
  LayerFile openFile(SnapshotInfo info, String path, OpenMode mode);

  /**
   * Gives the tree of a snapshot without a mount.
   *
   * @param info its record
   * @return the tree
   */
  default LayerTree tree(SnapshotInfo info) {
    throw new DriverException(
        Kind.UNIMPLEMENTED,
        "driver keeps blocks and no files, mount the snapshot driver="
            + name()
            + " key="
            + info.key());
  }

  /**
   * Makes the tree of a snapshot visible as a folder: writable if it is active.
   *
   * @param info its record
   * @return the folder, an absolute path
   */
  default Path show(SnapshotInfo info) {
    throw notBuilt("be shown as a folder", info);
  }

  /**
   * Ends {@link #show}, even if the folder is in use: who has files open in it goes on with them.
   *
   * @param info the snapshot's record
   */
  default void hide(SnapshotInfo info) {
    throw notBuilt("be shown as a folder", info);
  }

  /**
   * Ends {@link #show} as the store is about to be closed: hides, unless the next one of the same
   * host shows on.
   *
   * @param info the snapshot
   */
  default void leave(SnapshotInfo info) {
    hide(info);
  }

  /**
   * Tells what an earlier store of the same host showed and was left shown.
   *
   * @return the folders, each to be hidden or left; empty where nothing outlives a store
   */
  default Map<SnapshotInfo, Path> stillShown() {
    return Map.of();
  }

  /**
   * Compares the trees of two snapshots; see {@link io.veneer.driver.StorageDriver#changes}.
   *
   * @param info the snapshot's record
   * @param parent the record of the other, or empty for an empty tree
   * @return in the order of the paths
   */
  default List<Change> changes(SnapshotInfo info, Optional<SnapshotInfo> parent) {
    throw notBuilt("be compared", info);
  }

  /**
   * Writes the changes as a tar; see {@link io.veneer.driver.StorageDriver#diff}.
   *
   * @param info the snapshot's record
   * @param parent the record of the other, or empty for an empty tree
   * @param tar not to be closed
   */
  default void diff(SnapshotInfo info, Optional<SnapshotInfo> parent, OutputStream tar) {
    throw notBuilt("be written as an archive", info);
  }

  /**
   * Applies a tar; see {@link io.veneer.driver.StorageDriver#applyDiff}.
   *
   * @param info the record of an active snapshot
   * @param tar not to be closed
   * @return bytes of the files' contents in the tar
   */
  default long applyDiff(SnapshotInfo info, InputStream tar) {
    throw notBuilt("take an archive", info);
  }

  /**
   * The size of the changed files; see {@link io.veneer.driver.StorageDriver#diffSize}.
   *
   * @param info the snapshot's record
   * @param parent the record of the other, or empty for an empty tree
   * @return bytes
   */
  default long diffSize(SnapshotInfo info, Optional<SnapshotInfo> parent) {
    throw notBuilt("be compared", info);
  }

  private DriverException notBuilt(String what, SnapshotInfo info) {
    return new DriverException(
        Kind.FAILED_PRECONDITION,
        "snapshots of this driver cannot " + what + " driver=" + name() + " key=" + info.key());
  }

  /**
   * The bytes copied because somebody was about to write.
   *
   * @return bytes since opening
   */
  long copiedBytes();

  /** Gives back what was left behind, and waits for it. */
  void cleanup();

  /** Closes the store. Called once. */
  @Override
  void close();
}
