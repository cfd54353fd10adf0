package io.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

@Timeout(60)
class TailCommandTest {

  private static final String OPENING = "retry: 1000\nid: 0:4,1:-1\n\n";
  private static final String FIRST = "id: 0:5,1:-1\ndata: {\"n\":1}\n\n";
  private static final String SECOND = "id: 0:5,1:0\ndata: {\"n\":2}\n\n";
  private static final String ERROR =
      "event: error\ndata: {\"code\":\"UNAVAILABLE\",\"message\":\"the log is away\"}\n\n";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Deque<String> streams = new ArrayDeque<>();
  private final List<String> resumedFrom = Collections.synchronizedList(new ArrayList<>());
  private HttpServer gateway;

  @BeforeEach
  void startGateway() throws Exception {
    gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext(
        "/v1/databases/db/tables/t/rows",
        exchange -> {
          resumedFrom.add(String.valueOf(exchange.getRequestHeaders().getFirst("Last-Event-ID")));
          String stream = streams.size() > 1 ? streams.remove() : streams.element();
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(stream.getBytes(UTF_8));
          exchange.close();
        });
    gateway.start();
  }

  @AfterEach
  void stopGateway() {
    gateway.stop(0);
  }

  @Test
  void aStreamThatFailsIsResumedBehindItsLastRowAndItsReasonIsNoRow() {
    streams.add(OPENING + FIRST + ERROR);
    streams.add(SECOND);
    assertThat(tail("--limit", "2")).isZero();
    assertThat(out.toString().lines()).containsExactly("{\"n\":1}", "{\"n\":2}");
    assertThat(resumedFrom).containsExactly("null", "0:5,1:-1");
  }

  @Test
  void aStreamThatFailsBeforeItsFirstRowIsResumedWhereItBegan() {
    streams.add(OPENING + ERROR);
    streams.add(FIRST + SECOND);
    assertThat(tail("--limit", "1")).isZero();
    assertThat(out.toString().lines()).containsExactly("{\"n\":1}");
    assertThat(resumedFrom).containsExactly("null", "0:4,1:-1");
  }

  @Test
  void aRowThatIsCutOffIsNotPrinted() {
    streams.add(OPENING + FIRST + "id: 0:5,1:0\ndata: {\"n\"");
    streams.add(SECOND);
    assertThat(tail("--limit", "2")).isZero();
    assertThat(out.toString().lines()).containsExactly("{\"n\":1}", "{\"n\":2}");
    assertThat(resumedFrom).containsExactly("null", "0:5,1:-1");
  }

  @Test
  void aStreamThatKeepsFailingIsGivenUpWithTheGatewaysReason() {
    streams.add(OPENING + ERROR);
    assertThat(tail("--retry-for", "0")).isNotZero();
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("the gateway can't send the rows of db.t: the log is away");
  }

  private int tail(String... options) {
    CommandLine line = Sluice.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    List<String> arguments = new ArrayList<>(List.of("tail", "db.t", "--endpoint"));
    arguments.add("127.0.0.1:" + gateway.getAddress().getPort());
    arguments.addAll(List.of(options));
    return line.execute(arguments.toArray(String[]::new));
  }
}
