// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

/**
 * How to check.
 *
 * @param clearNeedsCheck whether to take the mark away that the pool needs a check, when nothing
 *     fatal was found
 * @param findingsMax how many findings to keep, positive; the others are only counted
 * @param progress hears how far the check is
 */
public record CheckOptions(boolean clearNeedsCheck, int findingsMax, CheckProgress progress) {
  private static final int FINDINGS_MAX = 1000;

  /**
   * The usual options: changes nothing, keeps 1000 findings, tells nobody how far it is.
   *
   * @return the options
   */
  public static CheckOptions standard() {
    return new CheckOptions(false, FINDINGS_MAX, (doneBlocks, totalBlocks) -> {});
  }

  /**
   * These options, with the mark taken away or not.
   *
   * @param clear whether to take the mark away that the pool needs a check
   * @return new options
   */
  public CheckOptions clearingNeedsCheck(boolean clear) {
    return new CheckOptions(clear, findingsMax, progress);
  }

  /**
   * These options, with a listener.
   *
   * @param listener hears how far the check is
   * @return new options
   */
  public CheckOptions reportingTo(CheckProgress listener) {
    return new CheckOptions(clearNeedsCheck, findingsMax, listener);
  }
}
