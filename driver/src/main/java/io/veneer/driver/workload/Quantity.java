// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Everything that is measured, in the order in which it is shown. Of all of it less is better. */
public enum Quantity {
  /** The container's first write to the large file, with fsync. */
  FIRST_WRITE("large-file", "firstWrite", "first write", Unit.MICROS),
  /** Further writes, each to a place not written before, with fsync. */
  NEW_PLACE("large-file", "newPlace", "write to a new place", Unit.MICROS),
  /** Writes to the same places again, with fsync. */
  REWRITE("large-file", "rewrite", "write to the same place", Unit.MICROS),
  /** Four bytes at the end of the file, with fsync. */
  APPEND("large-file", "append", "append of 4 bytes", Unit.MICROS),
  /** Half of the file cut off, with fsync, in a container that had not touched the file. */
  TRUNCATE("large-file", "truncate", "cutting the file in half", Unit.MICROS),
  /** Another name for the file, in a container that had not touched it. */
  RENAME("large-file", "rename", "renaming the file", Unit.MICROS),
  /** Bytes copied because of the writes, for each container. */
  LARGE_FILE_COPIED("large-file", "bytesCopied", "copied for a container", Unit.BYTES),
  /** What the host holds more after the writes, for each container. */
  LARGE_FILE_STORED("large-file", "bytesStored", "stored for a container", Unit.BYTES),
  /** The growth of the page cache when a second container reads what the first one read. */
  CACHED_AGAIN("large-file", "bytesCachedAgain", "cached a second time", Unit.BYTES),
  /** Making many small files, and forcing them. */
  CREATE_FILES("many-files", "createFiles", "making small files", Unit.MICROS),
  /** Changing the mode of many files of the lower layer, and forcing that. */
  CHANGE_MODES("many-files", "changeModes", "chmod of lower files", Unit.MICROS),
  /** Removing many files of the lower layer, and forcing that. */
  DELETE_FILES("many-files", "deleteFiles", "removing lower files", Unit.MICROS),
  /** What the host holds more afterwards. */
  MANY_FILES_STORED("many-files", "bytesStored", "stored for a container", Unit.BYTES),
  /** Opening files of the lowest layer for the first time, one layer deep. */
  OPEN_DEPTH_1("deep", "open1", "opening a file, 1 layer", Unit.MICROS),
  /** The same on 16 layers. */
  OPEN_DEPTH_16("deep", "open16", "opening a file, 16 layers", Unit.MICROS),
  /** The same on 64 layers. */
  OPEN_DEPTH_64("deep", "open64", "opening a file, 64 layers", Unit.MICROS),
  /** The same on 127 layers. */
  OPEN_DEPTH_127("deep", "open127", "opening a file, 127 layers", Unit.MICROS),
  /** Making the layers of 100 containers, all at once. */
  PREPARE_ALL("start", "prepareAll", "preparing 100 containers", Unit.MICROS),
  /** Mounting one container. */
  MOUNT("start", "mount", "mounting a container", Unit.MICROS),
  /** What the host holds more for 100 containers that wrote nothing. */
  START_STORED("start", "bytesStored", "stored for 100 containers", Unit.BYTES),
  /** Committing a container that appended 4 bytes to the large file. */
  COMMIT("commit", "commit", "commit after an append", Unit.MICROS),
  /** What that layer holds by itself. */
  COMMIT_STORED("commit", "bytesStored", "the committed layer", Unit.BYTES),
  /** Removing 100 containers. */
  REMOVE_CONTAINERS("remove", "removeContainers", "removing 100 containers", Unit.MICROS),
  /** Removing 100 layers, top down. */
  REMOVE_LAYERS("remove", "removeLayers", "removing 100 layers", Unit.MICROS),
  /** Until the host has the room back, the removal included. */
  SPACE_BACK("remove", "spaceBack", "until the room is free", Unit.MICROS);

  private final String workload;
  private final String key;
  private final String label;
  private final Unit unit;

  Quantity(String workload, String key, String label, Unit unit) {
    this.workload = workload;
    this.key = key;
    this.label = label;
    this.unit = unit;
  }

  /**
   * The workload that measures it.
   *
   * @return its name, as users choose it
   */
  public String workload() {
    return workload;
  }

  /**
   * Its name in JSON, unique in its workload.
   *
   * @return lowerCamelCase
   */
  public String key() {
    return key;
  }

  /**
   * Its name in tables and charts.
   *
   * @return a few words
   */
  public String label() {
    return label;
  }

  /**
   * What the numbers count.
   *
   * @return the unit
   */
  public Unit unit() {
    return unit;
  }

  /**
   * The quantities of one workload.
   *
   * @param workload its name
   * @return in order; empty for a name that is none
   */
  public static List<Quantity> of(String workload) {
    return Stream.of(values()).filter(each -> each.workload.equals(workload)).toList();
  }

  /**
   * The opening of files at a depth.
   *
   * @param layers 1, 16, 64 or 127
   * @return the quantity, or empty for another depth
   */
  static Optional<Quantity> openAtDepth(int layers) {
    return of("deep").stream().filter(each -> each.key.equals("open" + layers)).findFirst();
  }
}
