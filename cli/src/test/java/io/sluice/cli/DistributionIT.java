package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the tarball holds: two class paths that don't mix, a launcher, and the papers. */
@Timeout(120)
class DistributionIT {

  /** From the path below the tarball's top folder to the file's mode. */
  private static final Map<String, Integer> FILES = new TreeMap<>();

  @BeforeAll
  static void readTheTarball() throws IOException {
    try (InputStream file = Files.newInputStream(tarball());
        TarArchiveInputStream tar =
            new TarArchiveInputStream(new GZIPInputStream(new BufferedInputStream(file)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isFile()) {
          FILES.put(entry.getName().substring(entry.getName().indexOf('/') + 1), entry.getMode());
        }
      }
    }
  }

  @Test
  void theLauncherIsExecutableAndThePapersAreThere() {
    assertThat(FILES).containsKeys("LICENSE", "NOTICE", "CHANGELOG.md", "bin/sluice");
    assertThat(FILES.getOrDefault("bin/sluice", 0) & 0111).isEqualTo(0111);
  }

  @Test
  void theServersClassPathHasEveryModuleAndNothingOfFlinkOrOfTests() {
    assertThat(names("lib/"))
        .contains("jvm.options")
        .anyMatch(name -> name.startsWith("sluice-cli-"))
        .anyMatch(name -> name.startsWith("sluice-ingest-gateway-"))
        .anyMatch(name -> name.startsWith("sluice-compactor-lambda-"))
        .anyMatch(name -> name.startsWith("sluice-log-bookies-"))
        .noneMatch(name -> name.contains("flink"))
        .noneMatch(name -> name.startsWith("sluice-testing-"))
        .noneMatch(name -> name.startsWith("junit"))
        .noneMatch(name -> name.startsWith("assertj"));
  }

  @Test
  void flinksClassPathHasOneJarOfOurs() {
    assertThat(names("flink/"))
        .contains("jvm.options")
        .anyMatch(name -> name.startsWith("flink-table-planner-loader-"))
        .anyMatch(name -> name.startsWith("flink-clients-"))
        .noneMatch(name -> name.startsWith("bookkeeper"))
        .noneMatch(name -> name.startsWith("vertx"))
        .filteredOn(name -> name.startsWith("sluice-"))
        .singleElement()
        .satisfies(name -> assertThat(name).startsWith("sluice-flink-catalog-"));
  }

  @Test
  void oneLoggingBackendIsOnEachClassPath() {
    for (String folder : new String[] {"lib/", "flink/"}) {
      assertThat(names(folder))
          .filteredOn(name -> name.matches("(log4j-slf4j.*|slf4j-(?!api).*|logback-classic.*)"))
          .singleElement()
          .satisfies(name -> assertThat(name).startsWith("log4j-slf4j2-impl-"));
    }
  }

  private static Stream<String> names(String folder) {
    return FILES.keySet().stream()
        .filter(name -> name.startsWith(folder))
        .map(name -> name.substring(folder.length()));
  }

  private static Path tarball() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("basedir", "."), "target"))) {
      return files.filter(file -> file.toString().endsWith(".tar.gz")).findFirst().orElseThrow();
    }
  }
}
