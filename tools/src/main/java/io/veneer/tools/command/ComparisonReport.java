// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.compare.ComparisonResult;
import io.veneer.driver.compare.DriverResult;
import io.veneer.tools.report.Bar;
import io.veneer.tools.report.Chart;
import io.veneer.tools.report.Page;
import io.veneer.tools.report.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** Makes a page of what a comparison in user space found. */
final class ComparisonReport {
  private static final String THIN = "thin";

  private final ComparisonResult result;
  private final String summary;
  private final Map<String, String> facts;

  ComparisonReport(ComparisonResult result, String summary, Map<String, String> facts) {
    this.result = result;
    this.summary = summary;
    this.facts = facts;
  }

  Page page() {
    return new Page(
        "Storage drivers on one disk image",
        List.of(summary),
        facts,
        List.of(times(), bytes()),
        THIN);
  }

  private Section times() {
    return new Section(
        "Times, medians",
        "Every write is 4 KiB at a random place, and forced. The first one is where a file-level"
            + " driver copies the image, and where thin copies a block.",
        List.of(
            chart("preparing a container", each -> each.prepareMicros().p50(), Figures::time),
            chart("first write", each -> each.firstWriteMicros().p50(), Figures::time),
            chart("write to a new place", each -> each.newPlaceMicros().p50(), Figures::time),
            chart("write to the same place", each -> each.rewriteMicros().p50(), Figures::time)),
        List.of());
  }

  private Section bytes() {
    return new Section(
        "Bytes",
        "Copied: what the driver copied because somebody wrote. Stored: what the host's disk holds"
            + " in the end beyond one plain copy of the image.",
        List.of(
            chart("copied", DriverResult::bytesCopied, ComparisonReport::size),
            chart("stored", DriverResult::bytesStored, ComparisonReport::size)),
        List.of());
  }

  private Chart chart(
      String title, ToDoubleFunction<DriverResult> figure, DoubleFunction<String> text) {
    Optional<DriverResult> thin =
        result.drivers().stream().filter(each -> each.name().equals(THIN)).findFirst();
    return new Chart(
        title, result.drivers().stream().map(each -> bar(each, thin, figure, text)).toList());
  }

  private static Bar bar(
      DriverResult driver,
      Optional<DriverResult> thin,
      ToDoubleFunction<DriverResult> figure,
      DoubleFunction<String> text) {
    double value = figure.applyAsDouble(driver);
    String note =
        thin.filter(base -> base != driver)
            .map(base -> Figures.ratio(value, figure.applyAsDouble(base)))
            .orElse("");
    return new Bar(driver.name(), Math.max(0, value), text.apply(value), note);
  }

  private static String size(double bytes) {
    return bytes < 0 ? "-" + ByteSize.format((long) -bytes) : ByteSize.format((long) bytes);
  }
}
