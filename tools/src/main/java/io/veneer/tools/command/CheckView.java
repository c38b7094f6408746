// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.stream.JsonWriter;
import io.veneer.tools.check.CheckFinding;
import io.veneer.tools.check.CheckReport;
import io.veneer.tools.check.CheckStatistics;
import java.io.IOException;
import java.nio.file.Path;

/** The outcome of a check as text and as JSON. */
final class CheckView {
  private final Path folder;
  private final CheckReport report;

  CheckView(Path folder, CheckReport report) {
    this.folder = folder;
    this.report = report;
  }

  /** Findings, then one line that sums up; of a sound pool, quietly, nothing. */
  String text(boolean quiet) {
    if (report.newer()) {
      return newer();
    }
    StringBuilder text = new StringBuilder();
    for (CheckFinding finding : report.findings()) {
      text.append(finding.isFatal() ? "damage: " : "note: ").append(finding.message()).append('\n');
    }
    long left = report.fatalCount() + report.nonFatalCount() - report.findings().size();
    if (left > 0) {
      text.append("and ").append(left).append(" more\n");
    }
    if (!quiet || !report.isSound()) {
      text.append(summary()).append('\n');
    }
    return text.toString();
  }

  private String newer() {
    return "pool "
        + folder
        + " cannot be checked: "
        + report.findings().stream()
            .filter(finding -> finding.isFatal() && finding.block() < 0)
            .map(CheckFinding::problem)
            .findFirst()
            .orElse("a newer version made it; use a newer veneer")
        + "\n";
  }

  private String places() {
    return report.fatalCount() + (report.fatalCount() == 1 ? " place" : " places");
  }

  private String summary() {
    CheckStatistics counted = report.statistics();
    String outcome =
        report.isSound()
            ? "pool " + folder + " is sound: "
            : "pool " + folder + " is damaged in " + places() + ": ";
    return outcome
        + counted.devices()
        + (counted.devices() == 1 ? " device, " : " devices, ")
        + counted.mappedDataBlocks()
        + " data blocks mapped, "
        + counted.nodes()
        + " metadata blocks, commit "
        + counted.commitSequence()
        + mark();
  }

  private String mark() {
    if (report.needsCheckCleared()) {
      return "; it can be written again";
    }
    if (!report.isSound()) {
      return report.hasReadableDevices()
          ? "; devices that are whole can be read, export them to a new pool"
          : "; no device can be read, bring the pool back from a copy";
    }
    return report.needsCheck() ? "; it stays read-only until a check with --clear-needs-check" : "";
  }

  String json() {
    return Json.object(this::write);
  }

  private void write(JsonWriter json) throws IOException {
    CheckStatistics counted = report.statistics();
    json.name("pool").value(folder.toString());
    json.name("sound").value(report.isSound());
    json.name("newer").value(report.newer());
    json.name("needsCheck").value(report.needsCheck());
    json.name("needsCheckCleared").value(report.needsCheckCleared());
    json.name("fatalCount").value(report.fatalCount());
    json.name("nonFatalCount").value(report.nonFatalCount());
    json.name("commitSequence").value(counted.commitSequence());
    json.name("transactionId").value(counted.transactionId());
    json.name("deviceCount").value(counted.devices());
    json.name("removingCount").value(counted.removingDevices());
    json.name("metadataBlocks").value(counted.nodes());
    json.name("mappedDataBlocks").value(counted.mappedDataBlocks());
    json.name("leakedDataBlocks").value(counted.leakedDataBlocks());
    json.name("leakedMetadataBlocks").value(counted.leakedNodes());
    json.name("freeMetadataBlocks").value(counted.freeMetadataBlocks());
    json.name("findings").beginArray();
    for (CheckFinding finding : report.findings()) {
      write(json, finding);
    }
    json.endArray();
  }

  private static void write(JsonWriter json, CheckFinding finding) throws IOException {
    json.beginObject();
    json.name("fatal").value(finding.isFatal());
    json.name("path").value(finding.path());
    json.name("problem").value(finding.problem());
    json.name("block").value(finding.block());
    json.name("expected").value(finding.expected());
    json.name("found").value(finding.found());
    json.endObject();
  }
}
