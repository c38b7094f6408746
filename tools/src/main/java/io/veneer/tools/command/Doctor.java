// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.tools.doctor.Examination;
import io.veneer.tools.doctor.Finding;
import io.veneer.tools.doctor.Finding.State;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Tells what this machine can do. */
@Command(
    header = "Tell what this machine can do, and what to install where it cannot.",
    description = {
      "Looks and changes nothing. 'missed' is what few need, or what something else does as well.",
      "Exit code 0: container engines can be served; 1: something is missing for that."
    },
    footer = {"", "Example: only what is missing", "  veneer doctor | grep -vw yes"})
final class Doctor implements Callable<Integer> {
  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  private final Console console;

  Doctor(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<Finding> findings = Examination.ofThisMachine();
    console.print(json ? json(findings) : table(findings));
    boolean healthy = findings.stream().noneMatch(finding -> finding.state() == State.NO);
    return healthy ? 0 : FailureReport.FAILED;
  }

  private static String table(List<Finding> findings) {
    Table table = new Table(3);
    table.row("WHAT", "THERE", "GIVES, OR NEEDS");
    for (Finding finding : findings) {
      table.row(finding.name(), word(finding), finding.detail());
    }
    return table.render();
  }

  private static String word(Finding finding) {
    return finding.state().name().toLowerCase(Locale.ROOT);
  }

  private static String json(List<Finding> findings) {
    return Json.object(
        members -> {
          members.name("findings").beginArray();
          for (Finding finding : findings) {
            members.beginObject();
            members.name("name").value(finding.name());
            members.name("state").value(word(finding));
            members.name("detail").value(finding.detail());
            members.endObject();
          }
          members.endArray();
        });
  }
}
