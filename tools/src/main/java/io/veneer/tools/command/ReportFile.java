// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.tools.report.Page;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** The file that a report goes to, and what is said in it of the machine. */
final class ReportFile {
  private static final Path MEMORY_FIGURES = Path.of("/proc/meminfo");
  private static final Path CPU_FIGURES = Path.of("/proc/cpuinfo");

  private final Path file;
  private final Instant now;

  ReportFile(Path file, Clock clock) {
    this.file = file;
    this.now = clock.instant();
  }

  /** Refuses a file that cannot be written, before anything is measured for it. */
  void requireWritable() {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file) || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new CommandFailure(
          "cannot write the report to "
              + file
              + "; name a file in a folder"
              + " that is there and can be written to");
    }
  }

  void write(Page page) throws IOException {
    Files.writeString(file, page.html());
  }

  /** What was run, where, and when. */
  Map<String, String> facts(String command, Path workFolder) throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Command", command);
    facts.put("When", now.truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put(
        "Machine",
        Runtime.getRuntime().availableProcessors()
            + " processors ("
            + value(CPU_FIGURES, "model name")
            + "), memory "
            + value(MEMORY_FIGURES, "MemTotal"));
    facts.put("Kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("Java", System.getProperty("java.runtime.version"));
    FileStore store = Files.getFileStore(workFolder);
    facts.put("Disk", store.type() + " in " + workFolder);
    return facts;
  }

  private static String value(Path figures, String name) {
    try {
      for (String line : Files.readAllLines(figures)) {
        if (line.startsWith(name)) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException e) {
      // A report without this line is better than none.
    }
    return "unknown";
  }
}
