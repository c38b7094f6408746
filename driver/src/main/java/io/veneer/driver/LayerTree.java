// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The tree of one snapshot of a driver with {@link Capability#FILES}, in user space and without a
 * mount: what a container would see, and the changes that it would make.
 *
 * <p>Paths are as {@link StorageDriver} says; an empty one is the top folder where a folder is
 * meant. Links are never followed, neither in the last place of a path nor before. Where an older
 * layer has what is to be changed, it is copied up first: the whole file, even for a change of its
 * mode alone.
 *
 * <p>Any number of threads may call, and each change is seen by calls that begin after it returned.
 * Changes are durable with {@link StorageDriver#commit}, or with a {@link LayerFile#force} for that
 * file.
 *
 * <p>Failures are {@link DriverException}s: NOT_FOUND if the path or a folder of it is missing;
 * ALREADY_EXISTS if the path of something new is taken; INVALID_ARGUMENT for a path that is none, a
 * folder where there must be none, or the other way round; FAILED_PRECONDITION if a folder to be
 * removed or replaced is not empty, if the host wants root's rights for it, or if the snapshot is
 * not active.
 */
public interface LayerTree {
  /**
   * Lists a folder.
   *
   * @param folder its path, or empty
   * @return the names in it, in order
   */
  List<String> list(String folder);

  /**
   * Looks a path up.
   *
   * @param path a path, or empty
   * @return what is there
   */
  NodeInfo stat(String path);

  /**
   * Opens a regular file.
   *
   * @param path its path
   * @param mode how; CREATE makes missing folders too
   * @return the open file, which keeps its content if it is renamed or removed meanwhile
   */
  LayerFile open(String path, OpenMode mode);

  /**
   * Reads a symbolic link.
   *
   * @param path its path
   * @return where it leads
   */
  String linkTarget(String path);

  /**
   * Makes an empty regular file.
   *
   * @param path its path
   * @param permissions low 12 bits of the mode, taken as they are
   */
  void makeFile(String path, int permissions);

  /**
   * Makes an empty folder.
   *
   * @param path its path
   * @param permissions low 12 bits of the mode, taken as they are
   */
  void makeFolder(String path, int permissions);

  /**
   * Makes a symbolic link.
   *
   * @param path its path
   * @param target where it leads; taken as it is
   */
  void makeLink(String path, String target);

  /**
   * Makes a device, a pipe or a socket's name.
   *
   * @param path its path
   * @param type one of these
   * @param permissions low 12 bits of the mode, taken as they are
   * @param deviceNumber number of a device as {@code dev_t} has it
   */
  void makeNode(String path, NodeType type, int permissions, long deviceNumber);

  /**
   * Gives a file another name (a hard link).
   *
   * @param path the new name's path
   * @param existing what gets it; no folder
   */
  void addName(String path, String existing);

  /**
   * Renames, in the place of a file or an empty folder that is there. A folder that an older layer
   * shows, wholly or in part, cannot be renamed in a driver of branches (FAILED_PRECONDITION): the
   * kernel answers EXDEV for it, and programs copy then.
   *
   * @param from the old path
   * @param to the new path
   */
  void rename(String from, String to);

  /**
   * Removes what is no folder.
   *
   * @param path its path
   */
  void removeFile(String path);

  /**
   * Removes an empty folder.
   *
   * @param path its path
   */
  void removeFolder(String path);

  /**
   * Sets the size of a file: cuts it off, or lets it end in a hole.
   *
   * @param path its path
   * @param sizeBytes 0 or more
   */
  void truncate(String path, long sizeBytes);

  /**
   * Sets the mode of what is no link.
   *
   * @param path a path, or empty
   * @param permissions low 12 bits
   */
  void setPermissions(String path, int permissions);

  /**
   * Gives a file away.
   *
   * @param path a path, or empty
   * @param owner user id
   * @param group group id
   */
  void setOwner(String path, int owner, int group);

  /**
   * Sets the times of a file.
   *
   * @param path a path, or empty
   * @param accessed time of the last reading
   * @param modified time of the last change
   */
  void setTimes(String path, Instant accessed, Instant modified);

  /**
   * Reads the extended attributes, but for those that the driver's layout uses itself.
   *
   * @param path a path, or empty
   * @return values by name with namespace
   */
  Map<String, byte[]> attributes(String path);

  /**
   * Sets an extended attribute.
   *
   * @param path a path, or empty
   * @param name with namespace
   * @param value its bytes
   */
  void setAttribute(String path, String name, byte[] value);

  /**
   * Removes an extended attribute.
   *
   * @param path a path, or empty
   * @param name with namespace; it must be there
   */
  void removeAttribute(String path, String name);
}
