package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice status}: what a gateway holds, and how far the lake is behind. */
@Command(
    name = "status",
    description = "Shows the tables, their rows, and how far the lake is behind the log.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Runnable {

  @Mixin private GatewayOptions gateway = new GatewayOptions();

  @Option(names = "--json", description = "Print the gateway's answer as it is.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    JsonNode status = gateway.http().call("GET", "/v1/status", null);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(status.toPrettyString());
      return;
    }
    if (status.path("tables").isEmpty()) {
      out.println("No tables yet. Create one with `sluice table create`.");
      return;
    }
    TextTable table =
        new TextTable("table", "buckets", "rows", "rows not in lake", "lake lags", "last error");
    for (JsonNode row : status.path("tables")) {
      table.row(
          row.path("database").asText() + "." + row.path("table").asText(),
          count(row.path("buckets")),
          count(row.path("rows")),
          count(row.path("rowsNotInLake")),
          Ages.text(row.path("secondsNotInLake").asDouble()),
          row.path("lastError").asText("").replace("null", ""));
    }
    table.print(out);
  }

  private static String count(JsonNode number) {
    return String.format(Locale.ROOT, "%,d", number.asLong());
  }
}
