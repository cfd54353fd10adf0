package io.sluice.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
        "Changes options or columns of a table. bucket.count can be raised, to a multiple; rows"
            + " that are there stay in their buckets.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Changes of columns are made together or not at all, and name them as they were before.",
      "What is within a column is named by its path: of structs by names, and by element, key, value.",
      "A JSON array has all that can be done to columns, see docs/http.md.",
      "",
      "Examples:",
      "  sluice table alter shop.orders -o bucket.count=8 --reset log.retention",
      "  sluice table alter shop.orders --add 'note string' --rename qty=quantity",
      "  sluice table alter shop.orders --widen 'id long' --drop price",
      "  sluice table alter shop.trips --add 'stops.element.late boolean' --drop place.x",
      "  sluice table alter shop.orders --columns '[{\"move\":\"note\",\"first\":true}]'"
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

  @Option(
      names = "--add",
      paramLabel = "'NAME TYPE'",
      description = "A new column, which is null in the rows that are there; once for each.")
  private List<String> add = new ArrayList<>();

  @Option(
      names = "--drop",
      paramLabel = "NAME",
      description = "A column that is to go; once for each.")
  private List<String> drop = new ArrayList<>();

  @Option(
      names = "--rename",
      paramLabel = "OLD=NEW",
      description = "Another name for a column; once for each.")
  private Map<String, String> rename = new LinkedHashMap<>();

  @Option(
      names = "--widen",
      paramLabel = "'NAME TYPE'",
      description =
          "A wider type for a column: long for int, double for float, a decimal with more digits;"
              + " once for each.")
  private List<String> widen = new ArrayList<>();

  @Option(
      names = "--relax",
      paramLabel = "NAME",
      description = "A NOT NULL column that may have nulls from now on; once for each.")
  private List<String> relax = new ArrayList<>();

  @Option(
      names = "--columns",
      paramLabel = "JSON",
      description = "Changes of columns as a JSON array, beside those above.")
  private @Nullable String columns;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    ArrayNode changed = columnChanges();
    boolean options = !set.isEmpty() || !reset.isEmpty();
    if (options && !changed.isEmpty()) {
      throw new CommandException(
          "options and columns are altered one after the other: call 'sluice table alter' twice");
    }
    if (changed.isEmpty() && !options) {
      throw new CommandException(
          "nothing is to be altered: give options or columns, see 'sluice table alter --help'");
    }
    if (changed.isEmpty()) {
      JsonNode altered = call(changes(set, reset));
      print("Altered " + table + ", its options are " + altered.path("options"));
      return;
    }
    ObjectNode body = GatewayHttp.JSON.createObjectNode();
    body.set("columns", changed);
    List<String> names = new ArrayList<>();
    for (JsonNode column : call(body).path("columns")) {
      names.add(column.path("name").asText() + " " + column.path("type").asText());
    }
    print("Altered " + table + ", its columns are " + String.join(", ", names));
  }

  private JsonNode call(ObjectNode body) {
    return gateway.http().call("PATCH", GatewayHttp.tablePath(table), body);
  }

  private void print(String line) {
    spec.commandLine().getOut().println(line);
  }

  private ArrayNode columnChanges() {
    ArrayNode changes = GatewayHttp.JSON.createArrayNode();
    for (String text : add) {
      TableCommand.Column column = TableCommand.Column.parse(text);
      if (column.required()) {
        throw new CommandException(
            "column '" + column.name() + "' can't be added as not null: rows of before have none");
      }
      changes.addObject().put("add", column.name()).put("type", column.type());
    }
    drop.forEach(name -> changes.addObject().put("drop", name));
    rename.forEach((name, to) -> changes.addObject().put("rename", name).put("to", to));
    for (String text : widen) {
      TableCommand.Column column = TableCommand.Column.parse(text);
      changes.addObject().put("widen", column.name()).put("type", column.type());
    }
    relax.forEach(name -> changes.addObject().put("relax", name));
    if (columns != null) {
      changes.addAll(parse(columns));
    }
    return changes;
  }

  private static ArrayNode parse(String json) {
    try {
      if (GatewayHttp.JSON.readTree(json) instanceof ArrayNode array) {
        return array;
      }
    } catch (JsonProcessingException e) {
      throw new CommandException("--columns is no JSON: " + e.getOriginalMessage());
    }
    throw new CommandException("--columns must be a JSON array, as [{\"drop\":\"x\"}]");
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
