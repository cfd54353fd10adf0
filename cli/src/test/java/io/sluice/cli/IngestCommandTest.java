package io.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(60)
class IngestCommandTest {

  private static final String ANSWER =
      "{\"results\":[],\"accepted\":1,\"deadLetters\":{\"table\":\"db.t__dead_letter\",\"rows\":1}}";

  private final List<String> keys = new CopyOnWriteArrayList<>();
  private final StringWriter out = new StringWriter();

  @Test
  void rowsThatAreDeadLettersAreNotCountedAsStored(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("rows.ndjson"), "{\"a\":1}\nx\n{\"a\":2}\ny\n");
    assertThat(ingest(file, 200)).isZero();
    assertThat(out.toString())
        .startsWith("2 rows are durable in db.t")
        .contains("2 rows can't be stored there: they are in db.t__dead_letter");
  }

  @Test
  void rowsThatTheGatewayWaitedForInVainAreSentAgain(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("rows.ndjson"), "{\"a\":1}\n");
    assertThat(ingest(file, 408)).isZero();
    assertThat(keys).hasSize(2).allMatch(keys.get(0)::equals);
  }

  /** Ingests a file through a gateway that answers once with a status, then takes all rows. */
  private int ingest(Path file, int status) throws Exception {
    HttpServer gateway =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext(
        "/v1/databases/db/tables/t/rows",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          keys.add(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
          byte[] answer = ANSWER.getBytes(UTF_8);
          exchange.sendResponseHeaders(keys.size() == 1 ? status : 200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    gateway.start();
    try {
      return ingest(file.toString(), gateway);
    } finally {
      gateway.stop(0);
    }
  }

  private int ingest(String file, HttpServer gateway) {
    CommandLine line = Sluice.commandLine();
    line.setOut(new PrintWriter(out, true));
    String endpoint = "127.0.0.1:" + gateway.getAddress().getPort();
    return line.execute(
        "ingest", file, "db.t", "--format", "ndjson", "--batch-rows", "2", "--endpoint", endpoint);
  }

  @Test
  @SuppressWarnings("try") // its end is what is tested
  void rowsOfAPipeAreSentThoughItStaysOpen() throws Exception {
    BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    HttpServer gateway =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext(
        "/v1/databases/db/tables/t/rows",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    gateway.start();
    InputStream before = System.in;
    try (PipedOutputStream pipe = new PipedOutputStream()) {
      System.setIn(new PipedInputStream(pipe));
      CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> ingest("-", gateway));
      pipe.write("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n".getBytes(UTF_8));
      pipe.flush();
      StringBuilder sent = new StringBuilder();
      while (!sent.toString().endsWith("3}\n")) {
        sent.append(Objects.requireNonNull(bodies.poll(10, TimeUnit.SECONDS), "row 3 is kept"));
      }
      pipe.close();
      assertThat(exit.get(30, TimeUnit.SECONDS)).isZero();
    } finally {
      System.setIn(before);
      gateway.stop(0);
    }
  }

  @Test
  void batchesWithoutRowsAreRefused(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("rows.csv"), "a\n1\n");
    StringWriter err = new StringWriter();
    CommandLine line = Sluice.commandLine();
    line.setErr(new PrintWriter(err, true));
    assertThat(line.execute("ingest", file.toString(), "db.t", "--batch-rows", "0")).isNotZero();
    assertThat(err.toString()).contains("--batch-rows must be 1 or more: 0");
  }
}
