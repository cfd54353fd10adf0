package io.sluice.log;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** The log is the one module on BookKeeper and ZooKeeper, and each has its place in it. */
class ModuleRulesTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.sluice.log");

  @Test
  void theLogKnowsNoServerAndNoEngine() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.vertx..", "org.apache.flink..", "com.amazonaws..", "org.apache.arrow.flight..")
        .check(CLASSES);
  }

  @Test
  void theLogKnowsTheCatalogAlone() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.sluice.testing..",
            "io.sluice.client..",
            "io.sluice.gateway..",
            "io.sluice.compactor..",
            "io.sluice.flink..",
            "io.sluice.cli..",
            "io.sluice.bench..")
        .check(CLASSES);
  }

  @Test
  void onlyWhatRunsABookieReachesBehindBookKeepersClientApi() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.sluice.log.bookie..")
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage("org.apache.bookkeeper..")
                .and(DescribedPredicate.not(inClientApi())))
        .check(CLASSES);
  }

  @Test
  void onlyTheMetadataStoreAndWhatRunsABookieKnowZooKeeper() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.sluice.log.bookie..", "io.sluice.log.zookeeper..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.zookeeper..")
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> inClientApi() {
    return JavaClass.Predicates.resideInAnyPackage(
        "org.apache.bookkeeper.client.api..", "org.apache.bookkeeper.conf..");
  }
}
