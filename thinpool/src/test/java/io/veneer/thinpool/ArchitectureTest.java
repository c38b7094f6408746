// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

import static io.veneer.thinpool.CodingRules.mayImport;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Imports point down: pool, device, mapping, space, transaction, file; format and words beside. */
class ArchitectureTest {

  private static final String WORDS = "io.veneer.thinpool";
  private static final String FORMAT = room("format");
  private static final List<String> ROOMS_TOP_DOWN =
      Stream.of("pool", "device", "mapping", "space", "transaction", "file")
          .map(ArchitectureTest::room)
          .toList();

  private static final JavaClasses CLASSES = CodingRules.mainClasses(WORDS);

  private static String room(String name) {
    return WORDS + "." + name + "..";
  }

  @TestFactory
  Stream<DynamicTest> roomsImportOnlyWhatLiesBelow() {
    return ROOMS_TOP_DOWN.stream()
        .map(room -> DynamicTest.dynamicTest(room, () -> checkImportsOf(room)));
  }

  private static void checkImportsOf(String room) {
    List<String> allowed = new ArrayList<>(List.of(WORDS, FORMAT));
    allowed.addAll(ROOMS_TOP_DOWN.subList(ROOMS_TOP_DOWN.indexOf(room) + 1, ROOMS_TOP_DOWN.size()));
    mayImport(room, allowed.toArray(String[]::new)).check(CLASSES);
  }

  @Test
  void formatImportsOnlyWords() {
    mayImport(FORMAT, WORDS).check(CLASSES);
  }

  @Test
  void wordsImportNothingOfOurs() {
    mayImport(WORDS).check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    CodingRules.noCyclesIn(WORDS).check(CLASSES);
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
