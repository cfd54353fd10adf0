package io.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sluice tail}: prints a table's rows as they arrive, one JSON object a line. After a lost
 * connection it goes on behind the last row that it printed.
 */
@Command(
    name = "tail",
    description = "Prints a table's rows as they arrive, one JSON object a line.",
    mixinStandardHelpOptions = true)
final class TailCommand implements Runnable {

  private static final long RECONNECT_PAUSE_MS = 200;

  /** A gateway that has no rows says so each 15 s. */
  private static final Duration SILENCE = Duration.ofSeconds(45);

  @Mixin private GatewayOptions gateway = new GatewayOptions();

  @Parameters(paramLabel = "DATABASE.TABLE", converter = TableArgument.Converter.class)
  @SuppressWarnings("NullAway.Init")
  private TableArgument table;

  @Option(
      names = "--from",
      defaultValue = "latest",
      description = "Where to begin: earliest (what the log still has) or latest (the default).")
  private String from = "latest";

  @Option(
      names = {"-n", "--limit"},
      defaultValue = "0",
      description = "Stop after this many rows (default: never).")
  private long limit;

  @Option(names = "--columns", description = "Only these columns, separated by commas.")
  private @Nullable String columns;

  @Option(
      names = "--retry-for",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to try again when the gateway is away (default: ${DEFAULT-VALUE}).")
  private long retrySeconds;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private Duration silence = SILENCE;
  private long printed;
  private @Nullable String lastEventId;

  /** Whether the newest stream stood: it gave a row or a sign of life, or ended after it began. */
  private boolean stood;

  /** Sets how long the gateway may send nothing before it counts as away. */
  void silence(Duration limit) {
    silence = limit;
  }

  @Override
  public void run() {
    GatewayHttp http = gateway.http();
    long patience = Duration.ofSeconds(retrySeconds).toNanos();
    long giveUpAt = System.nanoTime() + patience;
    boolean connected = false;
    while (true) {
      stood = false;
      IOException lost;
      try {
        HttpResponse<InputStream> response = http.stream(path(), headers(), silence);
        boolean busy = response.statusCode() == 503 || response.statusCode() == 429;
        if (response.statusCode() != 200 && !busy) {
          throw new CommandException(refusal(response));
        }
        connected = true;
        if (!busy && print(response.body())) {
          return;
        }
        lost = new IOException("the gateway ended the stream");
      } catch (IOException e) {
        lost = e;
      }
      // Counted from the loss of what had been there, however long it had no rows.
      giveUpAt = stood ? System.nanoTime() + patience : giveUpAt;
      if (!connected || System.nanoTime() > giveUpAt) {
        throw lost instanceof StreamFailed
            ? new CommandException(
                "the gateway can't send the rows of " + table + ": " + lost.getMessage(), lost)
            : http.unreachable(lost);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RECONNECT_PAUSE_MS));
    }
  }

  private String path() {
    String chosen = columns == null ? "" : "&columns=" + GatewayHttp.encode(columns);
    return GatewayHttp.tablePath(table)
        + "/rows?follow=true&from="
        + GatewayHttp.encode(from)
        + chosen;
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>();
    headers.put("Accept", "text/event-stream");
    if (lastEventId != null) {
      headers.put("Last-Event-ID", lastEventId);
    }
    return headers;
  }

  private static String refusal(HttpResponse<InputStream> response) throws IOException {
    try (InputStream body = response.body()) {
      String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
      return new GatewayHttp.Answer(response.statusCode(), GatewayHttp.parse(text)).message();
    }
  }

  /** An event without a row says where the stream begins. */
  private void begun(String id) {
    if (lastEventId == null) {
      String where = from.equals("latest") ? "the next row on" : "the earliest row in the log on";
      PrintWriter err = spec.commandLine().getErr();
      err.println("Following " + table + " from " + where + "; Ctrl-C ends it.");
      err.flush();
    }
    lastEventId = id;
  }

  /** Prints rows until the stream ends (false) or the limit is reached (true). */
  private boolean print(InputStream body) throws IOException {
    boolean opened = false;
    try (WatchedLines lines = new WatchedLines(body, silence)) {
      String id = null;
      String event = "";
      String data = null;
      // An event without the empty line at its end was cut off, and comes again.
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (line.startsWith("id:")) {
          id = line.substring(3).strip();
        } else if (line.startsWith("event:")) {
          event = line.substring(6).strip();
        } else if (line.startsWith("data:")) {
          data = line.substring(5).strip();
        } else if (line.startsWith(":")) {
          stood = true;
        } else if (line.isEmpty()) {
          if (take(id, event, data)) {
            return true;
          }
          opened = true;
          id = null;
          event = "";
          data = null;
        }
      }
    } catch (StreamFailed e) {
      throw e;
    } catch (IOException e) {
      stood |= opened;
      throw e;
    }
    stood |= opened;
    return false;
  }

  /** Takes an event; returns whether the limit is reached. */
  private boolean take(@Nullable String id, String event, @Nullable String data)
      throws StreamFailed {
    if (event.equals("error")) {
      String told = String.valueOf(data);
      throw new StreamFailed(GatewayHttp.parse(told).path("message").asText(told));
    }
    if (data == null) {
      if (id != null) {
        begun(id);
      }
      return false;
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(data);
    StandardOutput.flush(out);
    stood = true;
    if (id != null) {
      lastEventId = id;
    }
    return ++printed == limit;
  }

  /** The gateway said why it ends a stream. */
  private static final class StreamFailed extends IOException {
    private static final long serialVersionUID = 1L;

    StreamFailed(String message) {
      super(message);
    }
  }
}
