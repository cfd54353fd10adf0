package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bin/sluice} says about the Java that it finds, and how it starts it. */
@Timeout(60)
class LauncherTest {

  private record Run(int exit, String output) {}

  @TempDir Path folder;

  private Path launcher;

  @BeforeEach
  void installTheLauncher() throws IOException {
    Path source = Path.of(System.getProperty("basedir", "."), "src/main/dist/bin/sluice");
    launcher = folder.resolve("home/bin/sluice");
    Files.createDirectories(launcher.getParent());
    Files.copy(source, launcher);
  }

  @Test
  void aJavaHomeWithoutJavaIsNamed() throws Exception {
    Run run = run(folder.resolve("nowhere"));

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.output()).contains("JAVA_HOME is " + folder.resolve("nowhere"));
  }

  @Test
  void anOlderJavaIsRefusedWithItsVersion() throws Exception {
    assertThat(run(runtime("11.0.22")).output()).contains("is Java 11.0.22, and 17 or later");
    assertThat(run(runtime("1.8.0_402")).output()).contains("is Java 1.8.0_402, and 17 or later");
  }

  @Test
  void theRuntimeIsAskedWhenNoFileTellsItsVersion() throws Exception {
    Path runtime = runtime("11.0.22");
    Files.delete(runtime.resolve("release"));

    assertThat(run(runtime).output()).contains("is Java 16.0.1, and 17 or later");
  }

  @Test
  void aNewEnoughJavaGetsTheClassPathAndTheArguments() throws Exception {
    Run run = run(runtime("17.0.15"), "table", "list", "--where", "a b");

    assertThat(run.exit()).isZero();
    assertThat(run.output())
        .contains("@" + home() + "/lib/jvm.options")
        .contains("-Dsluice.home=" + home())
        .endsWith("-cp|" + home() + "/lib/*|io.sluice.cli.Sluice|table|list|--where|a b|\n");
  }

  @Test
  void theLauncherFindsItsHomeBehindLinks() throws Exception {
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, Path.of("home/bin/sluice"));
    launcher = link;

    assertThat(run(runtime("21")).output()).contains("-Dsluice.home=" + home());
  }

  private String home() throws IOException {
    return folder.resolve("home").toRealPath().toString();
  }

  /** Makes a runtime that prints its arguments, and tells a version of its own when asked. */
  private Path runtime(String version) throws IOException {
    Path runtime = folder.resolve("runtime-" + version);
    Path java = runtime.resolve("bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(
        java,
        """
        #!/bin/sh
        case $1 in
          -Xshow*) echo "    java.version = 16.0.1" >&2 ;;
          *) printf '%s|' "$@"; echo ;;
        esac
        """);
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(runtime.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return runtime;
  }

  private Run run(Path javaHome, String... arguments) throws Exception {
    ProcessBuilder command = new ProcessBuilder("bash", launcher.toString());
    command.command().addAll(List.of(arguments));
    command.environment().put("JAVA_HOME", javaHome.toString());
    command.environment().remove("SLUICE_JAVA_OPTS");
    Process process = command.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Run(process.exitValue(), output);
  }
}
