// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.util.Objects;

/**
 * How an archive is unpacked.
 *
 * @param whiteouts what becomes of whiteouts
 * @param asRoot whether owners, devices and all attributes are made as the archive says. Else
 *     owners stay those of the caller, and devices and the attributes that the caller may not set
 *     are left out and counted
 * @param inPlace whether the content of a file that is there is compared with the archive's, and
 *     only what differs is written, so that what lies below can go on sharing the rest. Else files
 *     are made anew
 * @param lower the layers below, if the folder does not show them
 * @param forced whether the whole file system is written back in the end, and what could not be
 *     written fails the run. Else a full or failing device below may be noticed by nobody
 */
public record UnpackOptions(
    WhiteoutForm whiteouts, boolean asRoot, boolean inPlace, LowerLayers lower, boolean forced) {

  /**
   * Checks that nothing is missing.
   *
   * @param whiteouts what becomes of whiteouts
   * @param asRoot whether all is made as the archive says
   * @param inPlace whether only differences are written
   * @param lower the layers below
   * @param forced whether the file system is written back
   */
  public UnpackOptions {
    Objects.requireNonNull(whiteouts, "whiteouts");
    Objects.requireNonNull(lower, "lower");
  }

  /**
   * For a folder that shows all layers, with the rights that this process has.
   *
   * @return files made anew, whiteouts remove
   */
  public static UnpackOptions wholeTree() {
    return new UnpackOptions(
        WhiteoutForm.REMOVE, FolderCalls.libC().geteuid() == 0, false, LowerLayers.NONE, false);
  }

  /**
   * For the folder of one layer, with the rights that this process has.
   *
   * @param form how whiteouts are marked
   * @param lower the layers below
   * @return files made anew
   */
  public static UnpackOptions oneLayer(WhiteoutForm form, LowerLayers lower) {
    return new UnpackOptions(form, FolderCalls.libC().geteuid() == 0, false, lower, false);
  }

  /**
   * The same, writing only what differs.
   *
   * @return the changed copy
   */
  public UnpackOptions writingInPlace() {
    return new UnpackOptions(whiteouts, asRoot, true, lower, forced);
  }

  /**
   * The same, leaving out what only root can make.
   *
   * @return the changed copy
   */
  public UnpackOptions asUser() {
    return new UnpackOptions(whiteouts, false, inPlace, lower, forced);
  }

  /**
   * The same, writing the file system back in the end.
   *
   * @return the changed copy
   */
  public UnpackOptions forcing() {
    return new UnpackOptions(whiteouts, asRoot, inPlace, lower, true);
  }
}
