// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The rules that every module's {@code ArchitectureTest} holds its main code to. */
public final class CodingRules {

  /** Libraries log through slf4j and leave the standard streams to the command line. */
  public static final ArchRule NO_STANDARD_STREAMS =
      NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.allowEmptyShould(true);

  /** One logging interface everywhere; the backend is the command line's choice. */
  public static final ArchRule NO_JAVA_UTIL_LOGGING =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.util.logging..")
          .allowEmptyShould(true);

  /** A class is named after its one job; these words say that it has none, or many. */
  public static final ArchRule NO_EMPTY_NAMES =
      noClasses()
          .should()
          .haveNameMatching(".*(Utils?|Helpers?|Managers?|Impl|Common)")
          .allowEmptyShould(true);

  private static final Path MAIN = Path.of("src", "main", "java");
  private static final Pattern TWO_PARAGRAPHS_FIRST_JOB_THEN_IMPORTS =
      Pattern.compile("/\\*\\*\n \\* \\S[^\n]*\\.\n \\*\n \\* <p>May import .*", Pattern.DOTALL);

  private CodingRules() {}

  /** Imports the main classes of the module under test that live in a package or below it. */
  public static JavaClasses mainClasses(String packageName) {
    return new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .withImportOption(new ImportOption.DoNotIncludeJars())
        .importPackages(packageName);
  }

  /** No two packages below the given one may need each other, however far round. */
  public static ArchRule noCyclesIn(String packageName) {
    return slices()
        .matching(packageName + ".(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true);
  }

  /** Of Veneer, the classes in {@code room} may use only themselves and {@code others}. */
  public static ArchRule mayImport(String room, String... others) {
    String[] allowed = Stream.concat(Stream.of(room), Stream.of(others)).toArray(String[]::new);
    return classes()
        .that()
        .resideInAPackage(room)
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage("io.veneer..").or(resideInAnyPackage(allowed)))
        .allowEmptyShould(true);
  }

  /** The packages of this module that have classes but no proper {@code package-info.java}. */
  public static List<String> packagesWithoutDescription() {
    try (Stream<Path> sources = Files.walk(MAIN)) {
      return sources
          .filter(source -> source.toString().endsWith(".java"))
          .map(Path::getParent)
          .distinct()
          .filter(folder -> !describes(folder.resolve("package-info.java")))
          .map(folder -> MAIN.relativize(folder).toString().replace('/', '.'))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean describes(Path packageInfo) {
    try {
      return Files.exists(packageInfo)
          && TWO_PARAGRAPHS_FIRST_JOB_THEN_IMPORTS
              .matcher(Files.readString(packageInfo))
              .lookingAt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
