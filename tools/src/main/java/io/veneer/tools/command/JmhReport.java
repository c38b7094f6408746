// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.veneer.tools.report.Bar;
import io.veneer.tools.report.Chart;
import io.veneer.tools.report.Page;
import io.veneer.tools.report.Section;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes a page of what JMH measured with the driver as a parameter: a chart for each benchmark and
 * each choice of its other parameters; those that all runs have alike are facts of the page. Reads
 * the result format {@code json} of JMH 1.37, which is an array of an object for each run: {@code
 * benchmark}, {@code params}, and {@code primaryMetric} with {@code score}, {@code scoreUnit} and
 * {@code rawData}, an array for each fork.
 */
final class JmhReport {
  private static final String DRIVER = "driver";
  private static final Map<String, Double> MICROS =
      Map.of("ns/op", 0.001, "us/op", 1.0, "ms/op", 1_000.0, "s/op", 1_000_000.0);

  private final Path file;
  private final Map<String, List<Figure>> figures = new LinkedHashMap<>();
  private final Map<String, String> facts = new LinkedHashMap<>();

  /** What a driver took, the median of all iterations. */
  private record Figure(String driver, double micros) {}

  /** One benchmark with one choice of its parameters, the driver among them. */
  private record Run(String benchmark, Map<String, String> parameters, double micros) {}

  private JmhReport(Path file) {
    this.file = file;
  }

  /** Reads a result. */
  static JmhReport of(Path file) throws IOException {
    JmhReport report = new JmhReport(file);
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new CommandFailure("there is no file " + file + " that can be read; " + report.howTo());
    }
    try {
      report.read(JsonParser.parseString(Files.readString(file)).getAsJsonArray());
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | NumberFormatException
        | ClassCastException
        | CharacterCodingException e) {
      throw new CommandFailure(file + " is no result of JMH; " + report.howTo(), e);
    }
    if (report.figures.isEmpty()) {
      throw new CommandFailure(
          file + " has no times of a benchmark with the driver as parameter; " + report.howTo());
    }
    return report;
  }

  private String howTo() {
    return "make one by running the benchmark DriverWorkloads with -rf json -rff FILE";
  }

  private void read(JsonArray runs) {
    List<Run> all = new ArrayList<>();
    for (JsonElement each : runs) {
      run(each.getAsJsonObject()).ifPresent(all::add);
    }
    Map<String, String> alike = alike(all);
    for (Run run : all) {
      Map<String, String> others = new TreeMap<>(run.parameters());
      String driver = others.remove(DRIVER);
      others.keySet().removeAll(alike.keySet());
      figures
          .computeIfAbsent(title(run.benchmark(), others), any -> newList())
          .add(new Figure(driver, run.micros()));
    }
    facts.putAll(alike);
  }

  /** What it measured, unless it is a rate or has no driver. */
  private Optional<Run> run(JsonObject run) {
    JsonObject metric = member(run, "primaryMetric").getAsJsonObject();
    Double unit = MICROS.get(member(metric, "scoreUnit").getAsString());
    JsonElement parameters = run.get("params");
    if (unit == null || parameters == null || !parameters.getAsJsonObject().has(DRIVER)) {
      return Optional.empty();
    }
    Map<String, String> values = new TreeMap<>();
    parameters
        .getAsJsonObject()
        .entrySet()
        .forEach(entry -> values.put(entry.getKey(), entry.getValue().getAsString()));
    note(run);
    return Optional.of(
        new Run(member(run, "benchmark").getAsString(), values, unit * median(metric)));
  }

  /** The parameters with one value in all runs. */
  private static Map<String, String> alike(List<Run> runs) {
    Map<String, String> alike = new TreeMap<>();
    runs.forEach(run -> alike.putAll(run.parameters()));
    alike.remove(DRIVER);
    alike
        .entrySet()
        .removeIf(
            each ->
                runs.stream()
                    .anyMatch(run -> !each.getValue().equals(run.parameters().get(each.getKey()))));
    return alike;
  }

  private static JsonElement member(JsonObject object, String name) {
    JsonElement value = object.get(name);
    if (value == null) {
      throw new IllegalStateException("a member is missing: name=" + name);
    }
    return value;
  }

  private static List<Figure> newList() {
    return new ArrayList<>();
  }

  private void note(JsonObject run) {
    noteIfThere(run, "jmhVersion", "JMH");
    noteIfThere(run, "jdkVersion", "Java");
    noteIfThere(run, "forks", "Forks");
    noteIfThere(run, "measurementIterations", "Iterations");
  }

  private void noteIfThere(JsonObject run, String member, String fact) {
    if (run.has(member)) {
      facts.put(fact, run.get(member).getAsString());
    }
  }

  /** A method's name as words, and the parameters that tell it from others. */
  private static String title(String benchmark, Map<String, String> others) {
    String method = benchmark.substring(benchmark.lastIndexOf('.') + 1);
    String words = method.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    StringBuilder title = new StringBuilder(words);
    others.forEach((name, value) -> title.append(", ").append(name).append(' ').append(value));
    return title.toString();
  }

  private static double median(JsonObject metric) {
    List<Double> values = new ArrayList<>();
    if (metric.has("rawData")) {
      for (JsonElement fork : metric.getAsJsonArray("rawData")) {
        fork.getAsJsonArray().forEach(value -> values.add(value.getAsDouble()));
      }
    }
    values.sort(null);
    return values.isEmpty()
        ? member(metric, "score").getAsDouble()
        : values.get((values.size() - 1) / 2);
  }

  /** The page, with what is known of the run. */
  Page page(String command) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("Command", command);
    all.put("Results", file.toString());
    all.putAll(facts);
    List<Chart> charts = new ArrayList<>();
    figures.forEach((title, drivers) -> charts.add(new Chart(title, bars(drivers))));
    return new Page(
        "Storage drivers, step by step",
        List.of(
            "What one step of a container's life takes with each driver, the median of all"
                + " iterations. Less is better."),
        all,
        List.of(
            new Section(
                "Times",
                "Each step has a container of its own; every write is forced inside the time.",
                charts,
                List.of())),
        MountedView.THIN);
  }

  private static List<Bar> bars(List<Figure> drivers) {
    Optional<Figure> thin =
        drivers.stream().filter(each -> each.driver().equals(MountedView.THIN)).findFirst();
    return drivers.stream().map(each -> bar(each, thin)).toList();
  }

  private static Bar bar(Figure figure, Optional<Figure> thin) {
    String note =
        thin.filter(base -> !base.driver().equals(figure.driver()))
            .map(base -> Figures.ratio(figure.micros(), base.micros()))
            .orElse("");
    return new Bar(
        figure.driver(), Math.max(0, figure.micros()), Figures.time(figure.micros()), note);
  }
}
