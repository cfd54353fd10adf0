package io.sluice.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** The benchmarks may use everything; nothing of the product may use them. */
class ModuleRulesTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("io.sluice");

  @Test
  void nothingOfTheProductKnowsTheBenchmarks() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.sluice.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.sluice.bench..")
        .check(CLASSES);
  }

  @Test
  void nothingOfTheProductKnowsWhatTestsShare() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.sluice.bench..", "io.sluice.testing..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.sluice.testing..")
        .check(CLASSES);
  }

  @Test
  void whatMeasuresStandsOnAnySystemsClassPath() {
    classes()
        .that()
        .resideInAPackage("io.sluice.bench.measure..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("io.sluice.bench.measure..", "java..", "org.jspecify.annotations..")
        .check(CLASSES);
  }
}
