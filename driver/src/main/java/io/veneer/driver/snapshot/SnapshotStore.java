// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.snapshot;

import io.veneer.driver.Capability;
import io.veneer.driver.DriverException;
import io.veneer.driver.LayerFile;
import io.veneer.driver.Mount;
import io.veneer.driver.OpenMode;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.Usage;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a driver keeps below the rules: the records of its snapshots, and their content.
 *
 * <p>{@link SnapshotDriver} checks every request before it comes here, so that a store checks no
 * kinds, keys or labels. It calls from many threads, but never two changing methods ({@link
 * #create}, {@link #commit}, {@link #relabel}, {@link #remove}) for one key or name at a time, nor
 * removes a parent while a child of it is being created. What a changing method did is durable when
 * it returns, and after a power cut during it, is there wholly or not at all. Failures are {@link
 * DriverException}s.
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
