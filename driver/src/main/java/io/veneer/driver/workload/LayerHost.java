// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * Something that keeps layers and shows them as folders: a storage driver, or what it is compared
 * with. Keys and names are as in {@link io.veneer.driver.StorageDriver}. {@link #prepare} and
 * {@link #remove} may be called from any number of threads, the others from one.
 */
interface LayerHost extends AutoCloseable {
  /** The name under which it is shown. */
  String name();

  /** Makes an active layer on a committed one, or on nothing if the parent is empty. */
  void prepare(String key, String parent) throws IOException;

  /** Shows an active layer as a folder for reading and writing. */
  Path mount(String key) throws IOException;

  /** Ends that, with everything written back. */
  void unmount(String key) throws IOException;

  /** Turns an active layer that is not mounted into a committed one. */
  void commit(String name, String key) throws IOException;

  /** Removes a layer that is not mounted and has no children. */
  void remove(String key) throws IOException;

  /** Removes layers, each of which is the only child of the one after it; as one, if it can. */
  default void removeChain(List<String> topmostFirst) throws IOException {
    for (String key : topmostFirst) {
      remove(key);
    }
  }

  /** Waits until the room of removed layers is free. */
  void settle() throws IOException;

  /** What the host's disk holds for all layers, after writing everything back. */
  long storedBytes() throws IOException;

  /** What one layer holds by itself. */
  long layerBytes(String key) throws IOException;

  /**
   * Bytes copied so far because somebody was about to write; empty if it cannot tell, and what a
   * layer holds beyond what was written to it was copied.
   */
  OptionalLong copiedBytes();

  /** Unmounts everything and ends. */
  @Override
  void close();
}
