// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the state of a pool. */
@Command(
    header = "Show what a pool holds, how much room it has, and what it can do.",
    footer = {"", "Example:", "  veneer pool status /srv/pool"})
final class PoolShow extends PoolTask {
  @Option(names = "--json", description = "Print a JSON object, sizes in bytes.")
  private boolean json;

  PoolShow(Console console) {
    super(console, PoolAccess.Purpose.READ);
  }

  @Override
  void run(PoolAccess pool) {
    PoolView view = new PoolView(folder(), pool.mode(), pool.status(), pool.server());
    console().print(json ? view.json() : view.text());
  }
}
