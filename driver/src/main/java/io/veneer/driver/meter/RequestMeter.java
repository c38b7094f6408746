// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.meter;

/** Is told of every request that a door answered. Any thread may call; must be quick. */
@FunctionalInterface
public interface RequestMeter {
  /** Counts nothing. */
  RequestMeter NONE = (call, outcome, nanos) -> {};

  /**
   * One request has ended.
   *
   * @param call what was asked, one of the few names of the door's protocol
   * @param outcome {@code OK} or the kind of failure, one of the few codes of the protocol
   * @param nanos how long it took, in nanoseconds
   */
  void answered(String call, String outcome, long nanos);
}
