package io.sluice.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** The command puts the parts together through their entry classes. */
class ModuleRulesTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.sluice.cli");

  @Test
  void theCommandReachesTheServersThroughTheirEntryClasses() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.vertx..", "org.apache.bookkeeper..", "org.apache.zookeeper..", "com.amazonaws..")
        .check(CLASSES);
  }

  @Test
  void theServersKnowNoTestOrBenchmark() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.sluice.testing..", "io.sluice.bench..")
        .check(CLASSES);
  }

  @Test
  void flinkIsForSqlAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.sluice.cli.sql..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.flink..", "io.sluice.flink..")
        .check(CLASSES);
  }
}
