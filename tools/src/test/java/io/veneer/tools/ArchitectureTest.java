// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.veneer.thinpool.CodingRules;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The commands stand on the driver and the pool; benchmarks are none of their business. */
class ArchitectureTest {

  private static final String MODULE = "io.veneer.tools";
  private static final JavaClasses CLASSES = CodingRules.mainClasses(MODULE);

  @Test
  void importsOnlyTheDriverAndThePool() {
    CodingRules.mayImport(MODULE + "..", "io.veneer.driver..", "io.veneer.thinpool..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    CodingRules.noCyclesIn(MODULE).check(CLASSES);
  }

  @Test
  void everyPackageSaysItsJobAndWhatItMayImport() {
    assertEquals(List.of(), CodingRules.packagesWithoutDescription());
  }

  @Test
  void classesAreNamedAfterTheirJob() {
    CodingRules.NO_EMPTY_NAMES.check(CLASSES);
  }
}
