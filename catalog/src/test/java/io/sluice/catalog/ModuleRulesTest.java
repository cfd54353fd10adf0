package io.sluice.catalog;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** The catalog is below everything: it knows no server, no engine and no log. */
class ModuleRulesTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.sluice.catalog");

  @Test
  void theCatalogKnowsNoServerAndNoEngine() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.vertx..",
            "io.netty..",
            "org.apache.flink..",
            "org.apache.bookkeeper..",
            "org.apache.zookeeper..",
            "com.amazonaws..",
            "org.apache.arrow.flight..",
            "org.apache.hadoop..")
        .check(CLASSES);
  }

  @Test
  void theCatalogKnowsNoOtherModule() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.sluice.log..",
            "io.sluice.testing..",
            "io.sluice.client..",
            "io.sluice.gateway..",
            "io.sluice.compactor..",
            "io.sluice.flink..",
            "io.sluice.cli..",
            "io.sluice.bench..")
        .check(CLASSES);
  }
}
