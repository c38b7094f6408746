// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

/**
 * One state that a crash can leave, named by numbers that make it again from the same history.
 * {@link #toString} has them all: print it when a test fails.
 *
 * @param history the operations that led there
 * @param point how many of them had been begun when it happened
 * @param kind what became of the unforced ones
 * @param seed picks within the kind
 */
public record CrashState(CrashHistory history, int point, CrashKind kind, long seed) {
  /**
   * Makes files with this state's contents, as a machine would find them when it starts again. They
   * record from there on, share unchanged pages with others, and can crash again.
   *
   * @return new files
   */
  public RecordingPoolFiles open() {
    return history.open(this);
  }

  @Override
  public String toString() {
    return "crash state: point=" + point + " kind=" + kind + " seed=" + seed;
  }
}
