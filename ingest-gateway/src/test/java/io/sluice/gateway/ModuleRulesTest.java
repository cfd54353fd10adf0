package io.sluice.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** The gateway is the one module on Vert.x; it reaches the log through its own API alone. */
class ModuleRulesTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.sluice.gateway");

  @Test
  void theGatewayReachesBookKeeperThroughTheLogAlone() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.bookkeeper..", "org.apache.zookeeper..")
        .check(CLASSES);
  }

  @Test
  void theGatewayKnowsNoEngineAndNoLambda() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.flink..", "com.amazonaws..", "org.apache.hadoop..")
        .check(CLASSES);
  }

  @Test
  void gatewayAndCompactorDontKnowEachOther() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.sluice.compactor..",
            "io.sluice.client..",
            "io.sluice.testing..",
            "io.sluice.flink..",
            "io.sluice.cli..",
            "io.sluice.bench..")
        .check(CLASSES);
  }
}
