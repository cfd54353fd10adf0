package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice table truncate}. */
@Command(
    name = "truncate",
    description =
        "Removes all rows of a table, once the lake has all of them, in one commit. The lake keeps"
            + " the files until the snapshots that have them expire, and the log what it has until"
            + " log.retention is over.",
    mixinStandardHelpOptions = true)
final class TableTruncate implements Runnable {

  private static final int MOST_SECONDS = 600;
  private static final Duration MARGIN = Duration.ofSeconds(60);

  @Mixin private GatewayOptions gateway = new GatewayOptions();

  @Parameters(paramLabel = "DATABASE.TABLE", converter = TableArgument.Converter.class)
  @SuppressWarnings("NullAway.Init")
  private TableArgument table;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "How long to wait for the lake to have all rows, 60 by default, 600 at most. If it hasn't"
              + " by then, nothing is removed.")
  private int timeoutSeconds;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    if (timeoutSeconds < 0 || timeoutSeconds > MOST_SECONDS) {
      throw new CommandException(
          "--timeout must be 0 to " + MOST_SECONDS + " seconds: " + timeoutSeconds);
    }
    Duration timeout = Duration.ofSeconds(timeoutSeconds);
    String path = GatewayHttp.tablePath(table) + "/truncate?timeoutMs=" + timeout.toMillis();
    JsonNode answer = gateway.http().call("POST", path, null, timeout.plus(MARGIN));
    PrintWriter out = spec.commandLine().getOut();
    JsonNode removed = answer.path("removedSnapshot");
    if (removed.isNumber()) {
      out.println(
          "Truncated "
              + table
              + ". Snapshot "
              + removed.asText()
              + " of its lake table has the rows until it expires.");
    } else {
      out.println("Table " + table + " has no rows in the lake, so nothing was removed.");
    }
  }
}
