package io.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice sql}: Flink SQL on an embedded Flink, in a JVM of its own. */
@Command(
    name = "sql",
    description = "Runs Flink SQL: statements, a script, or a conversation.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "The catalog 'sluice' is there and in use. Queries are batch queries and end;",
      "with --streaming (or SET 'execution.runtime-mode'='streaming';) they follow the table.",
      "Example: sluice sql -e 'SELECT COUNT(*) FROM demo.flights'"
    })
final class SqlCommand implements java.util.concurrent.Callable<Integer> {

  @Mixin private GatewayOptions gateway = new GatewayOptions();

  @Option(
      names = {"-f", "--file"},
      description = "A script to run.")
  private @Nullable Path file;

  @Option(
      names = {"-e", "--execute"},
      paramLabel = "SQL",
      description = "Statements to run, separated by semicolons.")
  private @Nullable String statements;

  @Option(names = "--streaming", description = "Queries follow the table and do not end.")
  private boolean streaming;

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("--endpoint", gateway.endpoint()));
    if (streaming) {
      arguments.add("--streaming");
    }
    if (file != null) {
      if (!Files.isReadable(file)) {
        throw new CommandException("can't read the script " + file);
      }
      arguments.addAll(List.of("-f", file.toString()));
    }
    if (statements != null) {
      arguments.addAll(List.of("-e", statements));
    }
    ProcessBuilder flink = FlinkProcess.of(arguments).inheritIO();
    // By the environment, as whoever lists processes sees their arguments.
    gateway.environment().forEach(flink.environment()::put);
    return flink.start().waitFor();
  }
}
