// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

/** Hears how far a comparison is, on its thread and never inside a time that is measured. */
@FunctionalInterface
public interface ComparisonProgress {
  /** The parts of a comparison, in order. */
  enum Phase {
    /** A small round that is not counted. */
    WARM_UP,
    /** The image is written into the base layer of each driver; counted in bytes. */
    IMPORT,
    /** Containers are made and write for the first time; counted in containers of all drivers. */
    FIRST_WRITES,
    /** Containers write to further places; counted in writes of all drivers. */
    NEW_PLACES,
    /** Containers write to the same places again; counted in writes of all drivers. */
    REWRITES,
    /** Contents are compared with plain copies; counted in containers of all drivers. */
    VERIFICATION
  }

  /**
   * Something was done.
   *
   * @param phase the part
   * @param driver the driver it was done with
   * @param done how much of the part is done
   * @param total how much it is in all
   */
  void advanced(Phase phase, String driver, long done, long total);
}
