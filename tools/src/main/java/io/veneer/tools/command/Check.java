// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.PoolException;
import io.veneer.tools.check.CheckOptions;
import io.veneer.tools.check.CheckReport;
import io.veneer.tools.check.PoolCheck;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks a closed pool. */
@Command(
    header = "Check every checksum, tree, name and reference count of a closed pool.",
    description = {
      "Reads the metadata only, and changes nothing unless it is told to. Damage is said with the",
      "way to it from the superblock down. Exit code 0: nothing fatal; 1: damage found, or a newer",
      "version made the pool."
    },
    footer = {
      "",
      "Example:",
      "  veneer check /srv/pool",
      "Example: let a pool be written again after a failed commit",
      "  veneer check /srv/pool --clear-needs-check"
    })
final class Check implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "POOL", description = "The pool's folder.")
  private Path folder;

  @Option(
      names = "--clear-needs-check",
      description = "If nothing fatal is found, let the pool be written again.")
  private boolean clearNeedsCheck;

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  private final Console console;

  Check(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    LocalPool.requirePool(folder);
    if (clearNeedsCheck) {
      LocalPool.requireNotKept(folder);
    }
    try {
      CheckOptions options = CheckOptions.standard().clearingNeedsCheck(clearNeedsCheck);
      CheckReport report = PoolCheck.check(folder, options);
      CheckView view = new CheckView(folder, report);
      console.print(json ? view.json() : view.text(console.options().quiet()));
      return report.isSound() ? 0 : FailureReport.FAILED;
    } catch (PoolException e) {
      throw Advice.on(e, folder);
    }
  }
}
