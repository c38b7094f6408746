// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.util.HashSet;
import java.util.Set;

/**
 * The loop devices that threads of this process try to take just now. The kernel names the same
 * free one to everybody who asks until it is taken, which takes a while; so each thread goes on
 * from there to the first that no other thread tries. Any thread.
 */
final class LoopNumbers {
  private final Set<Integer> tried = new HashSet<>();

  /** The first number from this one on that nobody tries; it is the caller's to try then. */
  synchronized int claim(int from) {
    int number = from;
    while (!tried.add(number)) {
      number++;
    }
    return number;
  }

  synchronized void giveBack(int number) {
    tried.remove(number);
  }
}
