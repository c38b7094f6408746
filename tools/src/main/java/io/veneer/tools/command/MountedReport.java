// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.workload.Measurement;
import io.veneer.driver.workload.MountedResult;
import io.veneer.driver.workload.Quantity;
import io.veneer.tools.report.Bar;
import io.veneer.tools.report.Chart;
import io.veneer.tools.report.Page;
import io.veneer.tools.report.Section;
import io.veneer.tools.report.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a page of what a comparison through mounts found. */
final class MountedReport {
  private static final Map<String, String> TEXTS = texts();

  private final MountedResult result;
  private final Map<String, String> facts;

  MountedReport(MountedResult result, Map<String, String> facts) {
    this.result = result;
    this.facts = facts;
  }

  Page page() {
    List<Section> sections = new ArrayList<>();
    TEXTS.forEach((workload, text) -> section(workload, text).ifPresent(sections::add));
    return new Page(
        "Storage drivers on " + ByteSize.format(result.image().bytes()) + " of image",
        new MountedFindings(result).sentences(),
        facts,
        sections,
        MountedView.THIN);
  }

  private static Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put(
        "large-file",
        "Containers write 4 KiB pieces into a large file of their image, each with fsync. A file-level"
            + " driver copies the whole file before the first write; a block-level driver copies the"
            + " blocks that are touched, so it pays a little at each new place. Pages that two"
            + " containers read are cached once where both see the same file, and twice where each"
            + " has a block device of its own. Two are no drivers but floors: plain is a file of the"
            + " host, and raw a full copy of a disk image with ext4 behind a loop device, which is"
            + " what thin has without its pool.");
    texts.put(
        "commit",
        "A container appended 4 bytes to the large file and becomes a layer. The layer is the file"
            + " for file-level drivers, and some blocks for thin.");
    texts.put(
        "many-files",
        "What installing a package does: many small files. Here a file-level driver has little to"
            + " copy, and the file system on a thin device does its work twice: once in its own"
            + " tables, and once in the pool's.");
    texts.put(
        "start",
        "A hundred containers are prepared at once; ten are mounted, one after the other.");
    texts.put(
        "deep",
        "Files of the lowest layer are opened for the first time after all caches were emptied. A"
            + " thin device is one file system, however many layers it came from.");
    texts.put("remove", "A hundred containers and then the layers of a deep image are removed.");
    return texts;
  }

  private Optional<Section> section(String workload, String text) {
    List<Chart> charts = new ArrayList<>();
    for (Quantity quantity : Quantity.of(workload)) {
      List<Bar> bars = bars(quantity);
      if (!bars.isEmpty()) {
        charts.add(new Chart(quantity.label(), bars));
      }
    }
    return charts.isEmpty()
        ? Optional.empty()
        : Optional.of(new Section(workload, text, charts, spreads(workload)));
  }

  private List<Bar> bars(Quantity quantity) {
    Optional<Measurement> thin = result.find(quantity, MountedView.THIN);
    List<Bar> bars = new ArrayList<>();
    for (String driver : result.drivers()) {
      result
          .find(quantity, driver)
          .ifPresent(
              each ->
                  bars.add(
                      new Bar(
                          driver,
                          Math.max(0, each.median()),
                          MountedView.format(quantity.unit(), each.median()),
                          note(each, thin))));
    }
    return bars;
  }

  private static String note(Measurement each, Optional<Measurement> thin) {
    return thin.filter(base -> !base.driver().equals(each.driver()) && base.median() > 0)
        .map(base -> Figures.ratio(each.median(), base.median()))
        .orElse("");
  }

  private List<Spread> spreads(String workload) {
    Quantity quantity = Quantity.FIRST_WRITE;
    if (!workload.equals(quantity.workload())) {
      return List.of();
    }
    return List.of(spread(quantity), spread(Quantity.NEW_PLACE));
  }

  private Spread spread(Quantity quantity) {
    List<Spread.Row> rows = new ArrayList<>();
    for (String driver : result.drivers()) {
      result
          .find(quantity, driver)
          .ifPresent(each -> rows.add(new Spread.Row(driver, each.samples())));
    }
    return new Spread("every " + quantity.label(), rows, Figures::time);
  }
}
