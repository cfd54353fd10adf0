package io.sluice.compactor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** The compactor is the one module on the Lambda runtime; compaction costs the gateways nothing. */
class ModuleRulesTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.sluice.compactor");

  @Test
  void theCompactorReachesBookKeeperThroughTheLogAlone() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.bookkeeper..", "org.apache.zookeeper..")
        .check(CLASSES);
  }

  @Test
  void theCompactorKnowsNoServerAndNoEngine() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "org.apache.flink..", "org.apache.arrow.flight..")
        .check(CLASSES);
  }

  @Test
  void compactorAndGatewayDontKnowEachOther() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.sluice.gateway..",
            "io.sluice.client..",
            "io.sluice.testing..",
            "io.sluice.flink..",
            "io.sluice.cli..",
            "io.sluice.bench..")
        .check(CLASSES);
  }
}
