package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice table alter}. */
@Command(
    name = "alter",
    description =
        "Changes options of a table. bucket.count can be raised, to a multiple; rows that are there"
            + " stay in their buckets.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: sluice table alter shop.orders -o bucket.count=8 --reset log.retention"
    })
final class TableAlter implements Runnable {

  @Mixin private GatewayOptions gateway = new GatewayOptions();

  @Parameters(paramLabel = "DATABASE.TABLE", converter = TableArgument.Converter.class)
  @SuppressWarnings("NullAway.Init")
  private TableArgument table;

  @Option(
      names = {"-o", "--option"},
      paramLabel = "KEY=VALUE",
      description = "A new value of an option; once for each.")
  private Map<String, String> set = new LinkedHashMap<>();

  @Option(
      names = "--reset",
      paramLabel = "KEY",
      description = "An option that is to have its default again; once for each.")
  private List<String> reset = new ArrayList<>();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    JsonNode altered =
        gateway.http().call("PATCH", GatewayHttp.tablePath(table), changes(set, reset));
    spec.commandLine()
        .getOut()
        .println("Altered " + table + ", its options are " + altered.path("options"));
  }

  static ObjectNode changes(Map<String, String> set, List<String> reset) {
    for (String key : reset) {
      if (set.containsKey(key)) {
        throw new CommandException("option '" + key + "' can't be both set and reset");
      }
    }
    ObjectNode body = GatewayHttp.JSON.createObjectNode();
    ObjectNode options = body.putObject("options");
    set.forEach(options::put);
    reset.forEach(options::putNull);
    return body;
  }
}
