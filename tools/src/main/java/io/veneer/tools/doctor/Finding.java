// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.doctor;

/**
 * One thing that was looked at.
 *
 * @param name what it is, one word
 * @param state whether it is there
 * @param detail what it gives, or what to do about it
 */
public record Finding(String name, State state, String detail) {
  /** Whether something is there. */
  public enum State {
    /** It is. */
    YES,
    /** It is not, and something else does its work, or only few need it. */
    MISSED,
    /** It is not, and container engines cannot be served without it. */
    NO
  }
}
