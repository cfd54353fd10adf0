package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.cli.demo.Answers;
import io.sluice.cli.demo.FlightFigures;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice demo}: the whole of Sluice on real flights, in under a minute. */
@Command(
    name = "demo",
    description =
        "Streams the flights of 2013 through the whole of Sluice and asks three questions.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

  private static final TableArgument FLIGHTS = new TableArgument("demo", "flights");
  private static final int BATCH_ROWS = 10_000;
  private static final int ROWS_BEFORE_COMPACTION = 240_000;
  private static final List<String> COLUMNS =
      List.of(
          "year int",
          "month int",
          "day int",
          "dep_time int",
          "sched_dep_time int",
          "dep_delay int",
          "arr_time int",
          "sched_arr_time int",
          "arr_delay int",
          "carrier string",
          "flight int",
          "tailnum string",
          "origin string",
          "dest string",
          "air_time int",
          "distance int",
          "hour int",
          "minute int",
          "time_hour timestamptz");

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      defaultValue = "sluice-demo",
      description = "Where the demo keeps its data; begun afresh (default: ./${DEFAULT-VALUE}).")
  private Path data = Path.of("sluice-demo");

  @Option(
      names = "--port",
      defaultValue = "0",
      description = "The gateway's port (default: a free one).")
  private int port;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private final FlightFigures figures = new FlightFigures();

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    DataFolder.delete(data);
    say(out, "1. Starting ZooKeeper, a bookie, a gateway and a compactor in one process");
    Path folder = data.toAbsolutePath().normalize();
    ProcessConfig config = ProcessConfig.of(Map.of("gateway.port", String.valueOf(port)));
    LakeSettings lake = LakeSettings.local(folder.resolve("warehouse"));
    try (Standalone standalone = Standalone.start(folder, lake, config)) {
      GatewayHttp http = new GatewayHttp(standalone.endpoint());
      say(out, "   ready at " + standalone.endpoint() + ", data in " + data);
      createTable(http);
      ingest(http, out);
      showPlaces(http, out);
      boolean right = ask(standalone.endpoint(), out);
      if (!right) {
        return 1;
      }
      farewell(http, out);
    }
    return 0;
  }

  private static void createTable(GatewayHttp http) {
    http.call("POST", "/v1/databases", TableCommand.database(FLIGHTS.database()));
    http.call(
        "POST",
        "/v1/databases/" + FLIGHTS.database() + "/tables",
        TableCommand.definition(
            FLIGHTS,
            COLUMNS.stream().map(TableCommand.Column::parse).toList(),
            Map.of(),
            "Flights that left New York City in 2013",
            false));
  }

  /** Sends all flights; when most are in, they are compacted while the rest still arrives. */
  private void ingest(GatewayHttp http, PrintWriter out) throws IOException {
    say(out, "2. Streaming the flights of 2013 into " + FLIGHTS + ", out of order as they are");
    RowSender sender = new RowSender(http, FLIGHTS, "?null=NA", "text/csv", Duration.ofSeconds(30));
    long start = System.nanoTime();
    long rows = 0;
    CompletableFuture<JsonNode> compaction = null;
    try (TextChunks chunks =
        new TextChunks(flights(), TextChunks.Format.CSV, BATCH_ROWS, Integer.MAX_VALUE >> 4)) {
      for (TextChunks.Chunk c = chunks.next(); c != null; c = chunks.next()) {
        sender.send(c);
        figures.count(c.body());
        rows += c.rows();
        if (compaction == null && rows >= ROWS_BEFORE_COMPACTION) {
          compaction = CompletableFuture.supplyAsync(() -> flush(http));
        }
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    say(
        out,
        String.format(
            Locale.ROOT,
            "   %,d rows are durable in the log: %.1f s, %,.0f rows/s",
            rows,
            seconds,
            rows / seconds));
    if (compaction != null) {
      compaction.join();
    }
  }

  private static InputStream flights() throws IOException {
    InputStream in = DemoCommand.class.getResourceAsStream("/demo/nyc-flights-2013.csv.gz");
    if (in == null) {
      throw new CommandException("the demo's flights are missing from this distribution");
    }
    return new GZIPInputStream(in, 1 << 16);
  }

  private static JsonNode flush(GatewayHttp http) {
    return http.call("POST", GatewayHttp.tablePath(FLIGHTS) + "/flush?timeoutMs=60000", null);
  }

  private static void showPlaces(GatewayHttp http, PrintWriter out) {
    for (JsonNode table : http.call("GET", "/v1/status", null).path("tables")) {
      if (table.path("table").asText().equals(FLIGHTS.table())) {
        long rows = table.path("rows").asLong();
        long inLog = table.path("rowsNotInLake").asLong();
        say(
            out,
            String.format(
                Locale.ROOT,
                "3. One table, two places: %,d rows are Parquet in the lake, %,d only in the log",
                rows - inLog,
                inLog));
      }
    }
  }

  private boolean ask(String endpoint, PrintWriter out) throws IOException, InterruptedException {
    say(out, "4. Asking Flink SQL (it reads the lake's files, then the log from where they end)");
    Path script = Files.createTempFile("sluice-demo", ".sql");
    try (InputStream in = DemoCommand.class.getResourceAsStream("/demo/questions.sql")) {
      Files.write(script, in == null ? new byte[0] : in.readAllBytes());
      List<String> lines = run(List.of("--endpoint", endpoint, "-f", script.toString()), out);
      List<String> wrong = Answers.differences(Answers.read(lines), figures);
      if (wrong.isEmpty()) {
        say(out, "5. Every figure equals the CSV's: no row is missing, none is there twice");
      } else {
        say(out, "5. WRONG: " + String.join("\n          ", wrong));
      }
      return wrong.isEmpty();
    } finally {
      Files.delete(script);
    }
  }

  private static List<String> run(List<String> arguments, PrintWriter out)
      throws IOException, InterruptedException {
    Process shell = FlinkProcess.of(arguments).redirectErrorStream(true).start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader output = new BufferedReader(shell.inputReader(StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
        say(out, "   " + line);
      }
    }
    if (shell.waitFor() != 0) {
      throw new CommandException("Flink SQL failed, see above");
    }
    return lines;
  }

  private void farewell(GatewayHttp http, PrintWriter out) {
    JsonNode table = http.call("GET", GatewayHttp.tablePath(FLIGHTS), null);
    say(out, "");
    say(
        out,
        "The Parquet files: " + table.path("location").asText().replace("file://", "") + "/data");
    say(out, "Go on with it:     sluice standalone --data " + data);
    say(out, "  then:            sluice sql -e 'SELECT COUNT(*) FROM demo.flights'");
    say(out, "                   sluice tail demo.flights");
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
