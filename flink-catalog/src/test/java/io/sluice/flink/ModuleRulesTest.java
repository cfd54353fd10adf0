package io.sluice.flink;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** The Flink jar is a client: it carries no server. */
class ModuleRulesTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.sluice.flink");

  @Test
  void theFlinkJarCarriesNoServer() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.vertx..", "org.apache.bookkeeper..", "org.apache.zookeeper..", "com.amazonaws..")
        .check(CLASSES);
  }

  @Test
  void theFlinkJarKnowsClientAndCatalogAlone() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.sluice.log..",
            "io.sluice.testing..",
            "io.sluice.gateway..",
            "io.sluice.compactor..",
            "io.sluice.cli..",
            "io.sluice.bench..")
        .check(CLASSES);
  }
}
