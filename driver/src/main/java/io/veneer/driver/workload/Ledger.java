// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Collects what is measured. One thread. */
final class Ledger {
  private static final double NANOS_PER_MICRO = 1_000;

  private final Map<Quantity, Map<String, List<Double>>> values = new EnumMap<>(Quantity.class);

  /** Notes one value, in the unit of the quantity. */
  void add(Quantity quantity, String driver, double value) {
    values
        .computeIfAbsent(quantity, any -> new LinkedHashMap<>())
        .computeIfAbsent(driver, any -> new ArrayList<>())
        .add(value);
  }

  /** Does something, notes how long it took, and gives what it gave. */
  <T> T time(Quantity quantity, String driver, Callable<T> work) throws Exception {
    long begin = System.nanoTime();
    T result = work.call();
    add(quantity, driver, (System.nanoTime() - begin) / NANOS_PER_MICRO);
    return result;
  }

  /** Everything, by quantity and then in the order in which drivers were first noted. */
  List<Measurement> measurements() {
    List<Measurement> all = new ArrayList<>();
    values.forEach(
        (quantity, drivers) ->
            drivers.forEach(
                (driver, samples) ->
                    all.add(
                        new Measurement(
                            quantity,
                            driver,
                            samples.stream().mapToDouble(Double::doubleValue).toArray()))));
    return all;
  }
}
