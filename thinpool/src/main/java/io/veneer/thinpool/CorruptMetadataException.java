// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/** A metadata block is not what its place says: wrong checksum, place, type, pool or content. */
public final class CorruptMetadataException extends PoolException {
  private static final long serialVersionUID = 1L;

  private final String problem;
  private final long block;
  private final String expected;
  private final String found;

  /**
   * Makes the exception.
   *
   * @param message what failed, in one line
   */
  public CorruptMetadataException(String message) {
    this(message, null);
  }

  /**
   * Makes the exception with the failure underneath.
   *
   * @param message what failed, in one line
   * @param cause the failure underneath
   */
  public CorruptMetadataException(String message, Throwable cause) {
    super(Severity.NEEDS_CHECK, message, cause);
    this.problem = message;
    this.block = -1;
    this.expected = "";
    this.found = "";
  }

  /**
   * Makes the exception for one block with a wrong value.
   *
   * @param problem what is wrong with it, in a few words
   * @param block its number in the metadata file
   * @param expected what would have been right
   * @param found what is there
   */
  public CorruptMetadataException(String problem, long block, Object expected, Object found) {
    super(
        Severity.NEEDS_CHECK,
        problem + ": block=" + block + " expected=" + expected + " found=" + found);
    this.problem = problem;
    this.block = block;
    this.expected = String.valueOf(expected);
    this.found = String.valueOf(found);
  }

  /**
   * What is wrong, without the values.
   *
   * @return a few words
   */
  public String problem() {
    return problem;
  }

  /**
   * The block that is wrong.
   *
   * @return its number in the metadata file, or -1 when the failure is not about one block
   */
  public long block() {
    return block;
  }

  /**
   * What would have been right.
   *
   * @return the value, or empty
   */
  public String expected() {
    return expected;
  }

  /**
   * What is there.
   *
   * @return the value, or empty
   */
  public String found() {
    return found;
  }
}
