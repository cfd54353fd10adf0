package io.sluice.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts {@code SqlShell} in a JVM of its own, on the class path of the embedded Flink. */
final class FlinkProcess {

  /** The system property with the folder of the distribution; {@code bin/sluice} sets it. */
  static final String HOME = "sluice.home";

  private static final String MAIN = "io.sluice.cli.sql.SqlShell";

  private FlinkProcess() {}

  /** Returns a process builder whose command runs the shell with these arguments. */
  static ProcessBuilder of(List<String> arguments) {
    Path home = home();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + home.resolve("flink").resolve("jvm.options"));
    command.add("-Xmx1g");
    command.add("-Dlog4j2.configurationFile=classpath:log4j2-flink.xml");
    command.add("-cp");
    command.add(home.resolve("flink") + "/*:" + ownJar(home));
    command.add(MAIN);
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  private static Path home() {
    String home = System.getProperty(HOME);
    if (home == null || !Files.isDirectory(Path.of(home, "flink"))) {
      throw new CommandException(
          "Flink's jars are not beside this command (looked in "
              + home
              + "/flink). Run it from the distribution: `mvn package` makes"
              + " cli/target/sluice-*.tar.gz, `./sluice` unpacks and runs it.");
    }
    return Path.of(home);
  }

  private static Path ownJar(Path home) {
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(home.resolve("lib"), "sluice-cli-*")) {
      for (Path jar : jars) {
        return jar;
      }
    } catch (IOException e) {
      throw new CommandException("can't list " + home.resolve("lib") + ": " + e.getMessage(), e);
    }
    throw new CommandException("there is no sluice-cli jar in " + home.resolve("lib"));
  }
}
