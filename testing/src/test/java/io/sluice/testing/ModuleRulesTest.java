package io.sluice.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** What tests share knows the seams, never what is behind them. */
class ModuleRulesTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.sluice.testing");

  @Test
  void theTwinsKnowNoServerAndNoEngine() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.vertx..",
            "org.apache.flink..",
            "org.apache.bookkeeper..",
            "org.apache.zookeeper..",
            "com.amazonaws..")
        .check(CLASSES);
  }

  @Test
  void theTwinsKnowCatalogAndLogAlone() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.sluice.client..",
            "io.sluice.gateway..",
            "io.sluice.compactor..",
            "io.sluice.flink..",
            "io.sluice.cli..",
            "io.sluice.bench..")
        .check(CLASSES);
  }
}
