package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.types.ArrowSchemas;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice table create|list|describe|alter|truncate|drop}. */
@Command(
    name = "table",
    description = "Creates, lists, describes, alters, truncates and drops tables.",
    mixinStandardHelpOptions = true,
    subcommands = {
      TableCommand.Create.class,
      TableCommand.ListTables.class,
      TableCommand.Describe.class,
      TableAlter.class,
      TableTruncate.class,
      TableCommand.Drop.class
    })
final class TableCommand implements Runnable {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** One column as it is written on the command line: {@code name type [not null]}. */
  record Column(String name, String type, boolean required) {

    private static final Pattern FORM =
        Pattern.compile(
            "\\s*(\"[^\"]+\"|\\S+)\\s+(.+?)(\\s+not\\s+null)?\\s*", Pattern.CASE_INSENSITIVE);

    static Column parse(String text) {
      Matcher match = FORM.matcher(text);
      if (!match.matches()) {
        throw new CommandException(
            "'"
                + text
                + "' is not a column: write 'NAME TYPE' or 'NAME TYPE not null',"
                + " for example 'price decimal(10,2)'");
      }
      String name = match.group(1);
      boolean quoted = name.startsWith("\"");
      return new Column(
          quoted ? name.substring(1, name.length() - 1) : name,
          match.group(2),
          match.group(3) != null);
    }
  }

  @Command(
      name = "create",
      description = "Creates a table (and its database, if there is none of that name).",
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Types: boolean, int, long, float, double, decimal(P,S), date, time, timestamp,",
        "timestamptz, string, uuid, fixed[L], binary; list<TYPE>, map<TYPE, TYPE>,",
        "struct<NAME: TYPE, NAME: TYPE> of any of them, with 'not null' behind what is never null.",
        "",
        "Examples:",
        "  sluice table create shop.orders -c 'id long not null' -c 'price decimal(10,2)'",
        "  sluice table create shop.trips -c 'stops list<struct<gate: string not null, late: int>>'"
      })
  static final class Create implements Runnable {
    @Mixin private GatewayOptions gateway = new GatewayOptions();

    @Parameters(paramLabel = "DATABASE.TABLE", converter = TableArgument.Converter.class)
    @SuppressWarnings("NullAway.Init")
    private TableArgument table;

    @Option(
        names = {"-c", "--column"},
        required = true,
        paramLabel = "'NAME TYPE [not null]'",
        description = "A column; once for each.")
    private List<String> columns = new ArrayList<>();

    @Option(
        names = {"-o", "--option"},
        paramLabel = "KEY=VALUE",
        description = "A table option, for example bucket.count=4.")
    private Map<String, String> options = new LinkedHashMap<>();

    @Option(names = "--comment", description = "What the table holds.")
    private @Nullable String comment;

    @Option(names = "--if-not-exists", description = "Do nothing if the table is there already.")
    private boolean ifNotExists;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
      GatewayHttp http = gateway.http();
      http.call("POST", "/v1/databases", database(table.database()));
      List<Column> parsed = columns.stream().map(Column::parse).toList();
      JsonNode created =
          http.call(
              "POST",
              "/v1/databases/" + GatewayHttp.encode(table.database()) + "/tables",
              definition(table, parsed, options, comment, ifNotExists));
      spec.commandLine()
          .getOut()
          .println(
              "Table "
                  + table
                  + " is ready, its lake files are below "
                  + created.path("location").asText());
    }
  }

  static ObjectNode database(String name) {
    return GatewayHttp.JSON.createObjectNode().put("name", name).put("ifNotExists", true);
  }

  static ObjectNode definition(
      TableArgument table,
      List<Column> columns,
      Map<String, String> options,
      @Nullable String comment,
      boolean ifNotExists) {
    ObjectNode body = GatewayHttp.JSON.createObjectNode().put("name", table.table());
    ArrayNode list = body.putArray("columns");
    for (Column column : columns) {
      list.addObject()
          .put("name", column.name())
          .put("type", column.type())
          .put("required", column.required());
    }
    ObjectNode given = body.putObject("options");
    options.forEach(given::put);
    if (comment != null) {
      body.put("comment", comment);
    }
    return body.put("ifNotExists", ifNotExists);
  }

  @Command(
      name = "list",
      description = "Lists the tables, of one database or of all.",
      mixinStandardHelpOptions = true)
  static final class ListTables implements Runnable {
    @Mixin private GatewayOptions gateway = new GatewayOptions();

    @Parameters(arity = "0..1", paramLabel = "DATABASE")
    private @Nullable String database;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
      GatewayHttp http = gateway.http();
      PrintWriter out = spec.commandLine().getOut();
      List<String> databases = new ArrayList<>();
      if (database != null) {
        databases.add(database);
      } else {
        http.call("GET", "/v1/databases", null)
            .path("databases")
            .forEach(name -> databases.add(name.asText()));
      }
      for (String name : databases) {
        http.call("GET", "/v1/databases/" + GatewayHttp.encode(name) + "/tables", null)
            .path("tables")
            .forEach(table -> out.println(name + "." + table.asText()));
      }
    }
  }

  @Command(
      name = "describe",
      description = "Shows a table's columns, options and place in the lake.",
      mixinStandardHelpOptions = true)
  static final class Describe implements Runnable {
    @Mixin private GatewayOptions gateway = new GatewayOptions();

    @Parameters(paramLabel = "DATABASE.TABLE", converter = TableArgument.Converter.class)
    @SuppressWarnings("NullAway.Init")
    private TableArgument table;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
      JsonNode description = gateway.http().call("GET", GatewayHttp.tablePath(table), null);
      PrintWriter out = spec.commandLine().getOut();
      TextTable columns = new TextTable("column", "type", "null", "comment");
      for (NestedField field : SchemaParser.fromJson(description.path("schema")).columns()) {
        @Nullable String doc = field.doc();
        columns.row(
            field.name(),
            ArrowSchemas.typeText(field.type()),
            field.isOptional() ? "yes" : "no",
            doc == null ? "" : doc);
      }
      columns.print(out);
      out.println();
      out.println("buckets:  " + description.path("bucketCount").asText());
      out.println("location: " + description.path("location").asText());
      out.println("options:  " + description.path("options"));
    }
  }

  @Command(
      name = "drop",
      description = "Drops a table. Its lake files stay where they are unless --purge is given.",
      mixinStandardHelpOptions = true)
  static final class Drop implements Runnable {
    @Mixin private GatewayOptions gateway = new GatewayOptions();

    @Parameters(paramLabel = "DATABASE.TABLE", converter = TableArgument.Converter.class)
    @SuppressWarnings("NullAway.Init")
    private TableArgument table;

    @Option(names = "--purge", description = "Delete the lake files too.")
    private boolean purge;

    @Option(names = "--if-exists", description = "Do nothing if there is no such table.")
    private boolean ifExists;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
      String query = "?purge=" + purge + "&ifExists=" + ifExists;
      gateway.http().call("DELETE", GatewayHttp.tablePath(table) + query, null);
      spec.commandLine().getOut().println("Dropped " + table + ".");
    }
  }
}
