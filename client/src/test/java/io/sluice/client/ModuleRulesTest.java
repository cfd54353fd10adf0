package io.sluice.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** The client is what users put on their class path: it carries no server and no log. */
class ModuleRulesTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.sluice.client");

  @Test
  void theClientCarriesNoServerAndNoEngine() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.vertx..",
            "org.apache.flink..",
            "org.apache.bookkeeper..",
            "org.apache.zookeeper..",
            "com.amazonaws..",
            "org.apache.hadoop..")
        .check(CLASSES);
  }

  @Test
  void theClientKnowsTheCatalogAlone() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.sluice.log..",
            "io.sluice.testing..",
            "io.sluice.gateway..",
            "io.sluice.compactor..",
            "io.sluice.flink..",
            "io.sluice.cli..",
            "io.sluice.bench..")
        .check(CLASSES);
  }
}
