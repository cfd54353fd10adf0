package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice status}: what a gateway holds, and how far the lake is behind. */
@Command(
    name = "status",
    description =
        "Shows the tables, their rows, how far the lake is behind the log, and how it is maintained.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Runnable {

  private static final List<String> STEPS =
      List.of("retention", "rewrite", "manifests", "expire", "orphans");

  @Mixin private GatewayOptions gateway = new GatewayOptions();

  @Option(names = "--json", description = "Print the gateway's answer as it is.")
  private boolean json;

  @Option(
      names = "--maintenance",
      description = "Print what maintenance last did for each table, and when it is due again.")
  private boolean maintenance;

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
    printQueue(status.path("queue"), out);
    if (status.path("tables").isEmpty()) {
      out.println("No tables yet. Create one with `sluice table create`.");
      return;
    }
    if (maintenance) {
      printMaintenance(status, out);
    } else {
      printTables(status, out);
    }
    printPurges(status, out);
  }

  private static void printTables(JsonNode status, PrintWriter out) {
    TextTable table =
        new TextTable(
            "table",
            "buckets",
            "rows",
            "rows not in lake",
            "lake lags",
            "maintained",
            "last error");
    for (JsonNode row : status.path("tables")) {
      table.row(
          row.path("database").asText() + "." + row.path("table").asText(),
          known(row.path("buckets"), StatusCommand::count),
          known(row.path("rows"), StatusCommand::count),
          known(row.path("rowsNotInLake"), StatusCommand::count),
          known(row.path("secondsNotInLake"), lag -> Ages.text(lag.asDouble())),
          ago(row.path("maintenance").path("lastAt")),
          errors(row));
    }
    table.print(out);
  }

  /** What a gateway can't find out it leaves out; the last error says why. */
  private static String known(JsonNode figure, Function<JsonNode, String> text) {
    return figure.isNumber() ? text.apply(figure) : "?";
  }

  /** Returns what failed; an older gateway says nothing of maintenance. */
  private static String errors(JsonNode row) {
    String compaction = row.path("lastError").asText("").replace("null", "");
    JsonNode maintenance = row.path("maintenance").path("lastError");
    if (!maintenance.isTextual()) {
      return compaction;
    }
    String text = "maintenance: " + maintenance.textValue();
    return compaction.isEmpty() ? text : compaction + "; " + text;
  }

  private static void printMaintenance(JsonNode status, PrintWriter out) {
    TextTable table =
        new TextTable("table", "step", "last", "changed", "bytes", "changed ever", "due");
    for (JsonNode row : status.path("tables")) {
      JsonNode steps = row.path("maintenance").path("steps");
      for (String step : STEPS) {
        JsonNode note = steps.path(step);
        table.row(
            row.path("database").asText() + "." + row.path("table").asText(),
            step,
            ago(note.path("at")),
            count(note.path("count")),
            count(note.path("bytes")),
            count(note.path("totalCount")),
            due(note.path("dueAt")));
      }
    }
    table.print(out);
    for (JsonNode row : status.path("tables")) {
      JsonNode error = row.path("maintenance").path("lastError");
      if (error.isTextual()) {
        out.println(
            row.path("database").asText()
                + "."
                + row.path("table").asText()
                + " fails: "
                + error.textValue());
      }
    }
  }

  private static void printPurges(JsonNode status, PrintWriter out) {
    for (JsonNode purge : status.path("purges")) {
      JsonNode error = purge.path("lastError");
      out.println(
          "Dropped "
              + purge.path("database").asText()
              + "."
              + purge.path("table").asText()
              + " "
              + ago(purge.path("askedAt"))
              + ", its files at "
              + purge.path("location").asText()
              + " are still to be deleted"
              + (error.isTextual() ? ": " + error.textValue() : ""));
    }
    if (status.path("purgesUnknown").isTextual()) {
      out.println(
          "What is to be deleted of dropped tables isn't known: "
              + status.path("purgesUnknown").textValue());
    }
  }

  private static void printQueue(JsonNode queue, PrintWriter out) {
    long dead = queue.path("dead").asLong();
    if (dead > 0) {
      out.println(
          count(queue.path("dead"))
              + " messages to the compactor failed too often. Its log says why; once that is mended,"
              + " `sluice compactor redrive` has them tried again.");
    }
    if (queue.path("deadUnknown").isTextual()) {
      out.println(
          "How many messages to the compactor failed too often isn't known: "
              + queue.path("deadUnknown").textValue());
    }
  }

  private static String ago(JsonNode time) {
    return time.isTextual()
        ? Ages.text(seconds(Instant.parse(time.textValue()), Instant.now())) + " ago"
        : "never";
  }

  private static String due(JsonNode time) {
    if (!time.isTextual()) {
      return "now";
    }
    double left = seconds(Instant.now(), Instant.parse(time.textValue()));
    return left >= 0 ? "in " + Ages.text(left) : Ages.text(-left) + " overdue";
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toMillis() / 1e3;
  }

  private static String count(JsonNode number) {
    return String.format(Locale.ROOT, "%,d", number.asLong());
  }
}
