// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.stream.JsonWriter;
import io.veneer.driver.workload.Measurement;
import io.veneer.driver.workload.MountedResult;
import io.veneer.driver.workload.Quantity;
import io.veneer.driver.workload.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a comparison through mounts found, as a table with sentences, and as JSON. */
final class MountedView {
  static final String THIN = "thin";

  /** What is no driver, but what drivers are measured against. */
  static final List<String> FLOORS = List.of("raw", "plain");

  private final MountedResult result;

  MountedView(MountedResult result) {
    this.result = result;
  }

  String text() {
    Table table = new Table(1);
    List<String> heading = new ArrayList<>(List.of("MEDIAN OF"));
    heading.addAll(result.drivers());
    table.row(heading.toArray(String[]::new));
    for (Quantity quantity : measured()) {
      List<String> row = new ArrayList<>(List.of(quantity.workload() + ": " + quantity.label()));
      result.drivers().forEach(driver -> row.add(cell(quantity, driver)));
      table.row(row.toArray(String[]::new));
    }
    StringBuilder text = new StringBuilder(heading()).append('\n').append(table.render());
    new MountedFindings(result).sentences().forEach(each -> text.append('\n').append(each));
    return text.append('\n').toString();
  }

  private String heading() {
    return "image "
        + result.image().path()
        + " ("
        + ByteSize.format(result.image().bytes())
        + "), through real mounts; every write with fsync\n";
  }

  /** The quantities that were measured of any driver, in order. */
  List<Quantity> measured() {
    return result.measurements().stream().map(Measurement::quantity).distinct().sorted().toList();
  }

  private String cell(Quantity quantity, String driver) {
    return result
        .find(quantity, driver)
        .map(each -> format(quantity.unit(), each.median()))
        .orElse("-");
  }

  /** Writes a value in its unit. */
  static String format(Unit unit, double value) {
    if (unit == Unit.MICROS) {
      return Figures.time(value);
    }
    long bytes = Math.round(value);
    return bytes < 0 ? "-" + ByteSize.format(-bytes) : ByteSize.format(bytes);
  }

  String json() {
    return Json.object(this::write);
  }

  private void write(JsonWriter json) throws IOException {
    json.name("image").beginObject();
    json.name("path").value(result.image().path());
    json.name("bytes").value(result.image().bytes());
    json.endObject();
    json.name("absent").beginObject();
    for (var absent : result.absent().entrySet()) {
      json.name(absent.getKey()).value(absent.getValue());
    }
    json.endObject();
    json.name("drivers").beginArray();
    for (String driver : result.drivers()) {
      json.beginObject();
      json.name("name").value(driver);
      json.name("workloads").beginObject();
      writeWorkloads(json, driver);
      json.endObject();
      json.endObject();
    }
    json.endArray();
  }

  private void writeWorkloads(JsonWriter json, String driver) throws IOException {
    for (String workload : measured().stream().map(Quantity::workload).distinct().toList()) {
      json.name(workload).beginObject();
      for (Quantity quantity : Quantity.of(workload)) {
        Optional<Measurement> measurement = result.find(quantity, driver);
        if (measurement.isPresent()) {
          write(json, quantity, measurement.get());
        }
      }
      json.endObject();
    }
  }

  private static void write(JsonWriter json, Quantity quantity, Measurement measurement)
      throws IOException {
    if (quantity.unit() == Unit.BYTES) {
      json.name(quantity.key()).value(Math.round(measurement.median()));
      return;
    }
    json.name(quantity.key() + "Micros").beginObject();
    json.name("p50").value(measurement.median());
    json.name("p99").value(measurement.percentile(99));
    json.name("max").value(measurement.percentile(100));
    json.name("samples").value(measurement.samples().length);
    json.endObject();
  }
}
