// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What each contender reached in each job, round by round. */
final class Figures {
  private final Map<FioJob, Map<String, List<Double>>> figures = new LinkedHashMap<>();

  void add(FioJob job, String contender, double figure) {
    figures
        .computeIfAbsent(job, each -> new LinkedHashMap<>())
        .computeIfAbsent(contender, each -> new ArrayList<>())
        .add(figure);
  }

  private static double median(List<Double> rounds) {
    List<Double> sorted = rounds.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** A table in Markdown for the jobs that have the same contenders. */
  String table(boolean firstWrites) {
    StringBuilder table = new StringBuilder();
    figures.forEach(
        (job, reached) -> {
          if ((job.kind() == FioJob.Kind.FIRST_WRITE) == firstWrites) {
            if (table.isEmpty()) {
              header(table, reached);
            }
            row(table, job, reached);
          }
        });
    return table.toString();
  }

  private static void header(StringBuilder table, Map<String, List<Double>> reached) {
    table.append("| job |");
    reached.keySet().forEach(name -> table.append(' ').append(name).append(" |"));
    table.append("\n|---|").append("---:|".repeat(reached.size())).append('\n');
  }

  /** The first contender's figures are what the others' are compared with. */
  private static void row(StringBuilder table, FioJob job, Map<String, List<Double>> reached) {
    double first = median(reached.values().iterator().next());
    table.append("| ").append(job.title()).append(", ").append(job.unit().label).append(" |");
    boolean isFirst = true;
    for (List<Double> rounds : reached.values()) {
      double min = rounds.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
      double max = rounds.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
      table.append(String.format(" %.0f (%.0f–%.0f)", median(rounds), min, max));
      table.append(isFirst ? " |" : String.format(" **%.2f** |", first / median(rounds)));
      isFirst = false;
    }
    table.append('\n');
  }
}
