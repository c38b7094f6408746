// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

/** What becomes, in a crash, of the writes that were not forced. */
public enum CrashKind {
  /** The power went; none of them had reached the disk. */
  NONE,
  /** The power went; all of them had. */
  ALL,
  /** The power went; all but one, picked by the seed. */
  ALL_BUT_ONE,
  /** The power went; the first few, the seed says how many. */
  PREFIX,
  /** The power went; any of them, whole or torn, in any order, as the seed says. */
  RANDOM,
  /** The process was killed; the host kept its page cache, so nothing is lost. */
  KILL
}
