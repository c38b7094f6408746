// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.stream.JsonWriter;
import io.veneer.driver.compare.ComparisonResult;
import io.veneer.driver.compare.DriverResult;
import io.veneer.driver.compare.Timing;
import java.io.IOException;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What a comparison found, as a table with a sentence, and as JSON. */
final class CompareView {
  private static final String THIN = "thin";

  private final ComparisonResult result;

  CompareView(ComparisonResult result) {
    this.result = result;
  }

  String text() {
    Table table = new Table(1);
    table.row(
        "DRIVER", "PREPARE", "FIRST WRITE", "NEW PLACE", "REWRITE", "COPIED", "STORED", "VERIFIED");
    for (DriverResult driver : result.drivers()) {
      addFigures(table, driver);
      thin().filter(thin -> thin != driver).ifPresent(thin -> addRatios(table, driver, thin));
    }
    return heading() + "\n" + table.render() + "\n" + meaning() + "\n";
  }

  private String heading() {
    return "image "
        + result.image().path()
        + " ("
        + ByteSize.format(result.image().bytes())
        + "), "
        + count(result.containers(), "container")
        + ", "
        + count(result.writesPerContainer(), "place")
        + " each written twice; times are medians\n";
  }

  private static void addFigures(Table table, DriverResult driver) {
    table.row(
        driver.name(),
        median(driver.prepareMicros()),
        median(driver.firstWriteMicros()),
        median(driver.newPlaceMicros()),
        median(driver.rewriteMicros()),
        ByteSize.format(driver.bytesCopied()),
        stored(driver),
        driver.verified() ? "yes" : "NO");
  }

  /** With one place for each container there is no write to a new one. */
  private static String median(Timing timing) {
    return timing.max() == 0 ? "-" : Figures.time(timing.p50());
  }

  /** A driver can hold less than one plain copy of the image takes. */
  private static String stored(DriverResult driver) {
    long bytes = driver.bytesStored();
    return bytes < 0 ? "-" + ByteSize.format(-bytes) : ByteSize.format(bytes);
  }

  private static void addRatios(Table table, DriverResult driver, DriverResult thin) {
    table.row(
        "  to thin",
        ratio(driver, thin, each -> each.prepareMicros().p50()),
        ratio(driver, thin, each -> each.firstWriteMicros().p50()),
        ratio(driver, thin, each -> each.newPlaceMicros().p50()),
        ratio(driver, thin, each -> each.rewriteMicros().p50()),
        ratio(driver, thin, DriverResult::bytesCopied),
        ratio(driver, thin, DriverResult::bytesStored),
        "");
  }

  private static String ratio(
      DriverResult driver, DriverResult thin, ToDoubleFunction<DriverResult> figure) {
    return Figures.ratio(figure.applyAsDouble(driver), figure.applyAsDouble(thin));
  }

  /** One sentence with the two figures that the whole comparison is about. */
  String meaning() {
    Optional<DriverResult> other =
        result.drivers().stream().filter(driver -> !driver.name().equals(THIN)).findFirst();
    if (thin().isEmpty() || other.isEmpty()) {
      return "There is nothing to compare with: name thin and one more with --drivers.";
    }
    return meaning(thin().get(), other.get());
  }

  private String meaning(DriverResult thin, DriverResult other) {
    double thinFirst = thin.firstWriteMicros().p50();
    double otherFirst = other.firstWriteMicros().p50();
    return "A container's first write to the image took "
        + Figures.time(thinFirst)
        + " with thin and "
        + Figures.time(otherFirst)
        + " with "
        + other.name()
        + ratioNote(otherFirst, thinFirst)
        + ",\nand each container made thin copy "
        + perContainer(thin)
        + " in blocks where "
        + other.name()
        + " copied "
        + perContainer(other)
        + " of files"
        + ratioNote(other.bytesCopied(), thin.bytesCopied())
        + ".";
  }

  private static String ratioNote(double other, double thin) {
    return thin <= 0 ? "" : " (" + Figures.ratio(other, thin) + ")";
  }

  private String perContainer(DriverResult driver) {
    return ByteSize.format(driver.bytesCopied() / result.containers());
  }

  private static String count(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  private Optional<DriverResult> thin() {
    return result.drivers().stream().filter(driver -> driver.name().equals(THIN)).findFirst();
  }

  String json() {
    return Json.object(this::write);
  }

  private void write(JsonWriter json) throws IOException {
    json.name("image").beginObject();
    json.name("path").value(result.image().path());
    json.name("bytes").value(result.image().bytes());
    json.endObject();
    json.name("containers").value(result.containers());
    json.name("writesPerContainer").value(result.writesPerContainer());
    json.name("drivers").beginArray();
    for (DriverResult driver : result.drivers()) {
      json.beginObject();
      write(json, driver);
      json.endObject();
    }
    json.endArray();
  }

  private static void write(JsonWriter json, DriverResult driver) throws IOException {
    json.name("name").value(driver.name());
    write(json, "prepareMicros", driver.prepareMicros());
    write(json, "firstWriteMicros", driver.firstWriteMicros());
    write(json, "newPlaceMicros", driver.newPlaceMicros());
    write(json, "rewriteMicros", driver.rewriteMicros());
    json.name("bytesCopied").value(driver.bytesCopied());
    json.name("bytesStored").value(driver.bytesStored());
    json.name("verified").value(driver.verified());
  }

  private static void write(JsonWriter json, String name, Timing timing) throws IOException {
    json.name(name).beginObject();
    json.name("p50").value(timing.p50());
    json.name("p99").value(timing.p99());
    json.name("max").value(timing.max());
    json.endObject();
  }
}
