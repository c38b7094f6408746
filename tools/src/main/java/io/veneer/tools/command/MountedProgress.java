// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.workload.WorkloadProgress;

/** Says on the error stream which part of a comparison begins, a line each. One thread. */
final class MountedProgress implements WorkloadProgress, AutoCloseable {
  private final Console console;
  private String part = "";

  MountedProgress(Console console) {
    this.console = console;
  }

  @Override
  public void doing(String what, String driver) {
    if (!what.equals(part) && !console.options().quiet()) {
      part = what;
      console.err().println("veneer: " + what);
    }
  }

  @Override
  public void close() {
    console.err().flush();
  }
}
