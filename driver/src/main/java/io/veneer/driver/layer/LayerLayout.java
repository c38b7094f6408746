// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.Mount;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * How one file-level driver lays its layers out in folders.
 *
 * <p>{@link LayerStore} keeps the records and calls; the record is what counts. A layer's folders
 * are made before its record, its record is changed before the folders follow, and {@link #settle}
 * is called again for every layer when a driver is opened: so that each method may be cut off by a
 * crash at any point. Never two calls for one layer at a time; different layers at the same time.
 */
public interface LayerLayout {
  /**
   * Brings the folders of a layer to what its record says: makes what is missing, ends a commit
   * that {@link #beforeCommit} began, removes what a crash left half-made. Calling it again changes
   * nothing.
   *
   * @param layer the layer; those it stands on are settled
   * @throws IOException if the host fails
   */
  void settle(Layer layer) throws IOException;

  /**
   * Prepares the folders of an active layer for being committed, without changing what is seen in
   * it. The layer takes no writes any more. If the commit then fails, {@link #settle} undoes this.
   *
   * @param layer the layer, still active
   * @throws IOException if the host fails
   */
  void beforeCommit(Layer layer) throws IOException;

  /**
   * Removes all folders of a layer, whatever is there of them.
   *
   * @param id the layer's id
   * @throws IOException if the host fails
   */
  void remove(String id) throws IOException;

  /**
   * Lists the layers that have folders, half-made ones too.
   *
   * @return their ids
   * @throws IOException if the host fails
   */
  Set<String> ids() throws IOException;

  /**
   * Where the files of a layer are.
   *
   * @param layer a settled layer
   * @return its branches
   */
  Branches branches(Layer layer);

  /**
   * How the kernel would show a layer.
   *
   * @param layer any layer; a committed one is shown as a view of it would be
   * @return at least one step; a single bind mount for writing is a folder that shows itself
   */
  List<Mount> mounts(Layer layer);

  /**
   * Where a layer is mounted when its driver is asked to show it.
   *
   * @param id the layer's id
   * @return a folder, which may be missing
   */
  Path mountPoint(String id);

  /**
   * The folder in which a layer is written, with all that it adds or changes.
   *
   * @param layer a settled layer
   * @return a folder
   */
  Path own(Layer layer);

  /**
   * What a layer holds by itself, its parent left out.
   *
   * @param layer a settled layer
   * @return its own folder's size, unless that shares something with the parent
   * @throws IOException if the host fails
   */
  default HostFiles.TreeSize size(Layer layer) throws IOException {
    return HostFiles.sizeOf(own(layer));
  }
}
