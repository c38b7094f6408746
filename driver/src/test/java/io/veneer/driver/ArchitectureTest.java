// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.veneer.thinpool.CodingRules;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The driver module stands on the pool and knows nothing of the command line. */
class ArchitectureTest {

  private static final String MODULE = "io.veneer.driver";
  private static final JavaClasses CLASSES = CodingRules.mainClasses(MODULE);

  @Test
  void importsOnlyThePool() {
    CodingRules.mayImport(MODULE + "..", "io.veneer.thinpool..").check(CLASSES);
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
  void leavesStandardStreamsAlone() {
    CodingRules.NO_STANDARD_STREAMS.check(CLASSES);
  }

  @Test
  void logsThroughSlf4jOnly() {
    CodingRules.NO_JAVA_UTIL_LOGGING.check(CLASSES);
  }

  @Test
  void classesAreNamedAfterTheirJob() {
    CodingRules.NO_EMPTY_NAMES.check(CLASSES);
  }
}
