// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.stream.JsonWriter;
import io.veneer.driver.host.ShellWord;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolStatus;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints a line whenever something about a served pool changes that its owner should know of. */
@Command(
    header = "Print a line whenever a served pool fills up, runs low, grows or changes its mode.",
    description = {
      "The first line says how things are. Then there is one for each percent of data or metadata",
      "used, each crossing of a low-water mark, each growth and each change of the mode. Ends with",
      "Ctrl-C, or with exit code 1 when the server ends."
    },
    footer = {
      "",
      "Example:",
      "  veneer pool watch /srv/pool",
      "Example: wake somebody up",
      "  veneer pool watch /srv/pool --json | grep --line-buffered '\"lowData\":true' | while read -r line",
      "  do mail -s 'pool runs low' root <<< \"$line\"; done"
    })
final class PoolWatch extends PoolTask {
  private static final double SHORTEST_SECONDS = 0.1;

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      description = "How often to look. Default: ${DEFAULT-VALUE}.")
  private double intervalSeconds = 2;

  @Option(
      names = "--lines",
      paramLabel = "N",
      description = "End after so many lines. Default: never.")
  private long lines = Long.MAX_VALUE;

  @Option(names = "--json", description = "Print each line as a JSON object, sizes in bytes.")
  private boolean json;

  @Spec private CommandSpec spec;

  PoolWatch(Console console) {
    super(console, PoolAccess.Purpose.WATCH);
  }

  @Override
  void check() {
    if (intervalSeconds < SHORTEST_SECONDS || lines < 1) {
      throw new ParameterException(
          spec.commandLine(), "--interval is 0.1 or more, --lines is 1 or more");
    }
  }

  /** What is compared from one look to the next. */
  private record View(
      PoolMode mode,
      boolean needsCheck,
      long dataPercent,
      boolean lowData,
      long totalDataBytes,
      long metadataPercent,
      boolean lowMetadata,
      long totalMetadataBytes) {
    static View of(PoolStatus s) {
      return new View(
          s.mode(),
          s.needsCheck(),
          percent(s.usedDataBytes(), s.totalDataBytes()),
          s.isLowOnData(),
          s.totalDataBytes(),
          percent(s.usedMetadataBytes(), s.totalMetadataBytes()),
          s.isLowOnMetadata(),
          s.totalMetadataBytes());
    }

    private static long percent(long usedBytes, long totalBytes) {
      return totalBytes == 0 ? 0 : usedBytes * 100 / totalBytes;
    }
  }

  @Override
  void run(PoolAccess pool) throws InterruptedException {
    if (pool.server().isEmpty()) {
      throw new CommandFailure(
          "nobody serves the pool, so nothing in it changes; start a server: veneer serve "
              + ShellWord.of(folder()));
    }
    View shown = null;
    long left = lines;
    while (true) {
      PoolStatus status = pool.status();
      View now = View.of(status);
      if (!now.equals(shown)) {
        console().print(json ? jsonLine(now, status) : textLine(now, status));
        shown = now;
        left--;
      }
      if (left == 0) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep((long) (intervalSeconds * 1000));
    }
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  private static String textLine(View now, PoolStatus status) {
    StringBuilder line = new StringBuilder(now().toString());
    line.append("  ").append(now.mode().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    line.append(now.needsCheck() ? ", needs a check" : "");
    append(line, "data", status.usedDataBytes(), status.totalDataBytes(), now.dataPercent());
    line.append(now.lowData() ? ", low" : "");
    append(
        line,
        "metadata",
        status.usedMetadataBytes(),
        status.totalMetadataBytes(),
        now.metadataPercent());
    line.append(now.lowMetadata() ? ", low" : "");
    return line.append('\n').toString();
  }

  private static void append(StringBuilder line, String what, long used, long total, long percent) {
    line.append("  ").append(what).append(' ').append(ByteSize.format(used));
    line.append(" of ").append(ByteSize.format(total)).append(" (").append(percent).append("%)");
  }

  private static String jsonLine(View now, PoolStatus status) {
    return Json.line(json -> write(json, now, status));
  }

  private static void write(JsonWriter json, View now, PoolStatus status) throws IOException {
    json.name("time").value(now().toString());
    json.name("mode").value(Json.word(now.mode()));
    json.name("needsCheck").value(now.needsCheck());
    json.name("usedDataBytes").value(status.usedDataBytes());
    json.name("totalDataBytes").value(status.totalDataBytes());
    json.name("lowData").value(now.lowData());
    json.name("usedMetadataBytes").value(status.usedMetadataBytes());
    json.name("totalMetadataBytes").value(status.totalMetadataBytes());
    json.name("lowMetadata").value(now.lowMetadata());
  }
}
