// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import java.util.List;

/**
 * The outcome of a check.
 *
 * @param pool where the pool is
 * @param findings what was found, in the order of the walk; the first ones, if there were more than
 *     the options allow
 * @param fatalCount how many fatal findings there were
 * @param nonFatalCount how many others there were
 * @param statistics what was counted
 * @param newer whether a version of Veneer made the pool that this one does not know, so that
 *     nothing but its superblocks was looked at, and the findings are no damage
 * @param needsCheck whether the pool is still marked as needing a check
 * @param needsCheckCleared whether this check took that mark away
 */
public record CheckReport(
    String pool,
    List<CheckFinding> findings,
    long fatalCount,
    long nonFatalCount,
    CheckStatistics statistics,
    boolean newer,
    boolean needsCheck,
    boolean needsCheckCleared) {

  /**
   * Whether the pool can be used as it is.
   *
   * @return true when nothing fatal was found
   */
  public boolean isSound() {
    return fatalCount == 0;
  }

  /**
   * Whether at least one device can be found. What is damaged in it is among the findings.
   *
   * @return false when nothing can be brought elsewhere
   */
  public boolean hasReadableDevices() {
    return statistics.devices() > 0;
  }
}
