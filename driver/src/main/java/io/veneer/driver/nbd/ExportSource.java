// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.ExtentVisitor;
import io.veneer.thinpool.PoolException;
import java.util.List;
import java.util.Optional;

/**
 * What an NBD server serves: block devices by name. All methods may be called from any thread.
 *
 * <p>Names are free text of 1 to 4096 bytes in UTF-8, without NUL. The empty name never gets here:
 * the server asks for {@link #defaultName} instead.
 */
public interface ExportSource {
  /**
   * Lists the exports.
   *
   * @return all names, in the order in which a client shall see them
   */
  List<String> names();

  /**
   * Tells which export a client gets that names none.
   *
   * @return the name, or empty if there is no such export
   */
  Optional<String> defaultName();

  /**
   * Opens an export. A client has its own until it goes, so an export that is renamed, resized or
   * removed meanwhile stays usable where the device allows it.
   *
   * @param name the export
   * @param readOnly whether writes shall be refused
   * @return the device, to be closed by the caller; it may be read-only though not asked to
   * @throws io.veneer.thinpool.NoSuchDeviceException if there is no such export
   * @throws PoolException if it cannot be opened
   */
  BlockDevice open(String name, boolean readOnly);

  /**
   * Says what an export is, for people.
   *
   * @param name the export
   * @return one line, or empty
   */
  default String description(String name) {
    return "";
  }

  /**
   * Whether {@link #changedSince} can be asked to compare two exports.
   *
   * @param name an export
   * @param since the export to compare with
   * @return true if both are there and of one kind
   */
  default boolean knowsChanges(String name, String since) {
    return false;
  }

  /**
   * Walks what differs between two exports that were opened here. Ranges may be larger than what
   * differs; nothing that differs is left out. It is those two that are compared, whatever has
   * their names by now.
   *
   * @param device an export
   * @param since the export to compare with
   * @param visitor takes the ranges that differ, ascending, without overlaps
   * @throws PoolException if they cannot be compared
   */
  default void changedSince(BlockDevice device, BlockDevice since, ExtentVisitor visitor) {
    throw PoolException.badRequest(
        "exports cannot be compared: name=" + device.name() + " since=" + since.name());
  }

  /**
   * Whether a write may wait for something other than the host's disk, such as for an operator to
   * add space. Asked often; must cost next to nothing.
   *
   * @return true if writes had better not be waited for by who reads the client's requests
   */
  default boolean writesMayWait() {
    return false;
  }
}
