package io.sluice.testing.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every Java file of the repository keeps the rules, but for the exceptions named here. */
@Timeout(120)
class TidyRepositoryTest {

  /**
   * A file that may break a rule.
   *
   * @param reason why the rule does harm there
   */
  private record Allowed(String path, Rule rule, String reason) {}

  private static final List<Allowed> ALLOWED = List.of();

  private static final Path ROOT = root();

  @Test
  void everyFileKeepsTheRules() throws IOException {
    List<Finding> findings = findings();

    assertThat(findings.stream().filter(finding -> !isAllowed(finding)).map(Finding::toString))
        .as("what breaks a rule; an exception needs a reason in this test")
        .isEmpty();
  }

  @Test
  void everyExceptionIsStillNeededAndHasAReason() throws IOException {
    List<Finding> findings = findings();

    assertThat(ALLOWED)
        .as("exceptions of this test that nothing needs any more: delete them")
        .allMatch(allowed -> findings.stream().anyMatch(finding -> matches(allowed, finding)))
        .noneMatch(allowed -> allowed.reason().isBlank());
  }

  @Test
  void theScanSeesEveryModule() throws IOException {
    Set<String> modules =
        sources().stream()
            .map(file -> file.path().substring(0, file.path().indexOf('/')))
            .collect(Collectors.toSet());

    assertThat(modules)
        .contains("catalog", "log-bookies", "testing", "client", "ingest-gateway")
        .contains("compactor-lambda", "flink-catalog", "flink-catalog-1.20", "cli", "bench");
  }

  private static List<Finding> findings() throws IOException {
    List<SourceFile> files = sources();
    List<Finding> findings = new ArrayList<>(Tidy.findings(files));
    Set<String> marked =
        files.stream()
            .filter(file -> file.path().endsWith("/package-info.java"))
            .filter(
                file -> file.text().contains("@NullMarked") || file.text().contains(".NullMarked"))
            .map(file -> folder(file.path()))
            .collect(Collectors.toSet());
    Set<String> folders = new TreeSet<>();
    files.forEach(file -> folders.add(folder(file.path())));
    for (String folder : folders) {
      if (!marked.contains(folder)
          && !marked.contains(folder.replace("/src/test/", "/src/main/"))) {
        findings.add(new Finding(folder, Rule.NULL_MARKED, "a package"));
      }
    }
    return findings;
  }

  private static boolean isAllowed(Finding finding) {
    return ALLOWED.stream().anyMatch(allowed -> matches(allowed, finding));
  }

  private static boolean matches(Allowed allowed, Finding finding) {
    return allowed.path().equals(finding.path()) && allowed.rule() == finding.rule();
  }

  private static String folder(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }

  private static List<SourceFile> sources() throws IOException {
    List<SourceFile> sources = new ArrayList<>();
    for (Path module : children(ROOT)) {
      for (String part : List.of("src/main/java", "src/line/java", "src/test/java")) {
        Path folder = module.resolve(part);
        if (Files.isDirectory(folder)) {
          read(folder, sources);
        }
      }
    }
    return sources;
  }

  private static void read(Path folder, List<SourceFile> sources) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(name -> name.toString().endsWith(".java")).sorted().toList()) {
        String path = ROOT.relativize(file).toString().replace('\\', '/');
        sources.add(new SourceFile(path, Files.readString(file)));
      }
    }
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static Path root() {
    Path folder = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    while (!Files.isDirectory(folder.resolve(".mvn"))) {
      Path parent = folder.getParent();
      if (parent == null) {
        throw new IllegalStateException("no repository above " + System.getProperty("user.dir"));
      }
      folder = parent;
    }
    return folder;
  }
}
