package io.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Which rows are stored, when not all are: whoever sends the file again has to know. */
@Timeout(60)
class IngestFailureTest {

  private static final String ROWS = "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n{\"a\":5}\n";
  private static final int CLOSED = 0;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path folder;

  private final StringWriter err = new StringWriter();
  private final AtomicInteger requests = new AtomicInteger();
  private int second = 200;
  private HttpServer gateway;

  @BeforeEach
  void startGateway() throws Exception {
    gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext(
        "/v1/databases/db/tables/t/rows",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          int status = requests.incrementAndGet() == 1 ? 200 : second;
          if (status != CLOSED) {
            byte[] answer = "{\"error\":{\"message\":\"as it is\"}}".getBytes(UTF_8);
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
          }
          exchange.close();
        });
    gateway.start();
  }

  @AfterEach
  void stopGateway() {
    gateway.stop(0);
  }

  @Test
  void ofARefusedRequestNothingIsStored() throws Exception {
    second = 401;
    assertThat(ingest(rows())).isOne();
    assertThat(err.toString())
        .contains("as it is")
        .contains("The 2 rows before row 3 are stored; none from there on.");
  }

  @Test
  void ofOneThatFailedAllMayBe() throws Exception {
    second = 500;
    assertThat(ingest(rows())).isOne();
    assertThat(err.toString())
        .contains("The 2 rows before row 3 are stored; the up to 2 rows from row 3 on may be.");
  }

  @Test
  void ofOneWithoutAnAnswerAllMayBe() throws Exception {
    second = CLOSED;
    assertThat(ingest(rows())).isOne();
    assertThat(err.toString())
        .contains("can't reach the gateway")
        .contains("The 2 rows before row 3 are stored; the up to 2 rows from row 3 on may be.");
  }

  @Test
  void ofAFileThatIsCutOffTheRowsThatWereSentAreStored() throws Exception {
    StringBuilder rows = new StringBuilder();
    Random random = new Random(1);
    for (int i = 0; i < 400; i++) {
      rows.append("{\"a\":\"");
      for (int word = 0; word < 80; word++) {
        rows.append(random.nextLong());
      }
      rows.append("\"}\n");
    }
    byte[] packed = packed(rows.toString());
    byte[] cut = Arrays.copyOf(packed, packed.length / 2);
    Path file = Files.write(folder.resolve("rows.ndjson.gz"), cut);
    assertThat(ingest(file)).isOne();
    long sent = 2L * requests.get();
    assertThat(sent).isPositive();
    assertThat(err.toString())
        .contains("can't read " + file)
        .contains(
            "The %d rows before row %d are stored; none from there on.".formatted(sent, sent + 1));
  }

  /** As {@code cat a.gz b.gz} makes them; what can't be read after the first isn't its end. */
  @Test
  void ofAFileOfSeveralMembersNoneIsLeftOut() throws Exception {
    byte[] member = packed("{\"a\":1}\n{\"a\":2}\n");
    Path file = folder.resolve("rows.ndjson.gz");
    Files.write(file, member);
    Files.write(file, member, StandardOpenOption.APPEND);
    assertThat(ingest(file)).as(err.toString()).isZero();
    assertThat(requests).hasValue(2);

    Files.writeString(file, "and so on", StandardOpenOption.APPEND);
    assertThat(ingest(file)).isOne();
    assertThat(err.toString()).contains("can't read " + file);
  }

  private static byte[] packed(String rows) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(rows.getBytes(UTF_8));
    }
    return packed.toByteArray();
  }

  private Path rows() throws Exception {
    return Files.writeString(folder.resolve("rows.ndjson"), ROWS);
  }

  private int ingest(Path file) {
    CommandLine line = Sluice.commandLine();
    line.setOut(new PrintWriter(new StringWriter(), true));
    line.setErr(new PrintWriter(err, true));
    String endpoint = "127.0.0.1:" + gateway.getAddress().getPort();
    return line.execute(
        "ingest",
        file.toString(),
        "db.t",
        "--batch-rows",
        "2",
        "--retry-for",
        "0",
        "--endpoint",
        endpoint);
  }
}
