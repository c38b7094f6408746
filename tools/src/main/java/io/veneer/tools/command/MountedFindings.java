// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.workload.Measurement;
import io.veneer.driver.workload.MountedResult;
import io.veneer.driver.workload.Quantity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says in sentences what the figures show: where thin wins, and as plainly where it loses. */
final class MountedFindings {
  /** Differences below this are noise on a busy machine. */
  private static final double NOTICEABLE = 1.15;

  private final MountedResult result;

  MountedFindings(MountedResult result) {
    this.result = result;
  }

  List<String> sentences() {
    List<String> all = new ArrayList<>();
    firstWrite().ifPresent(all::add);
    floors().ifPresent(all::add);
    all.addAll(losses());
    result.absent().forEach((driver, why) -> all.add(driver + " was left out: " + why + "."));
    return all;
  }

  private Optional<String> firstWrite() {
    Optional<Measurement> thin = result.find(Quantity.FIRST_WRITE, MountedView.THIN);
    Optional<Measurement> other = result.find(Quantity.FIRST_WRITE, "overlay2");
    if (thin.isEmpty() || other.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "A container's first 4 KiB write to the large file took "
            + Figures.time(thin.get().median())
            + " with thin and "
            + Figures.time(other.get().median())
            + " with overlay2 ("
            + Figures.ratio(other.get().median(), thin.get().median())
            + "): thin copies blocks where overlay2 copies the file.");
  }

  /** How far thin is from what keeps no layers at all. */
  private Optional<String> floors() {
    Optional<Measurement> thin = result.find(Quantity.FIRST_WRITE, MountedView.THIN);
    List<Measurement> floors =
        MountedView.FLOORS.stream()
            .flatMap(floor -> result.find(Quantity.FIRST_WRITE, floor).stream())
            .toList();
    return floors.isEmpty() ? Optional.empty() : thin.map(each -> floors(each, floors));
  }

  private static String floors(Measurement thin, List<Measurement> floors) {
    return "A container's first write with thin took "
        + floors.stream().map(floor -> floor(thin, floor)).collect(Collectors.joining(", and "))
        + ".";
  }

  private static String floor(Measurement thin, Measurement floor) {
    return Figures.ratio(thin.median(), floor.median())
        + " as long as with "
        + floor.driver()
        + " ("
        + Figures.time(floor.median())
        + ")";
  }

  /**
   * Where another driver, the floors left out, is noticeably better than thin; a sentence a
   * workload.
   */
  private List<String> losses() {
    Map<String, List<String>> lost = new LinkedHashMap<>();
    for (Quantity quantity : Quantity.values()) {
      result
          .find(quantity, MountedView.THIN)
          .flatMap(thin -> loss(quantity, thin))
          .ifPresent(
              loss ->
                  lost.computeIfAbsent(quantity.workload(), name -> new ArrayList<>()).add(loss));
    }
    List<String> sentences = new ArrayList<>();
    lost.forEach(
        (workload, losses) ->
            sentences.add(
                "Where thin is not the best in "
                    + workload
                    + ": "
                    + String.join("; ", losses)
                    + "."));
    return sentences;
  }

  private Optional<String> loss(Quantity quantity, Measurement thin) {
    return result.drivers().stream()
        .filter(driver -> !driver.equals(MountedView.THIN) && !MountedView.FLOORS.contains(driver))
        .flatMap(driver -> result.find(quantity, driver).stream())
        .min(Comparator.comparingDouble(Measurement::median))
        .filter(best -> thin.median() > best.median() * NOTICEABLE)
        .map(best -> describe(quantity, thin, best));
  }

  private static String describe(Quantity quantity, Measurement thin, Measurement best) {
    return quantity.label()
        + " ("
        + MountedView.format(quantity.unit(), thin.median())
        + ", "
        + best.driver()
        + " "
        + MountedView.format(quantity.unit(), best.median())
        + ")";
  }
}
