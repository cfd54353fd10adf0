package io.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
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

  private static final String NO_ANSWER = "";

  private Writer out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Deque<String> streams = new ArrayDeque<>();
  private final List<String> resumedFrom = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** Returns when the gateway ends the stream that it is given. */
  private Consumer<String> held = stream -> {};

  private Duration silence = Duration.ofSeconds(30);
  private HttpServer gateway;

  @BeforeEach
  void startGateway() throws Exception {
    gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext(
        "/v1/databases/db/tables/t/rows",
        exchange -> {
          resumedFrom.add(String.valueOf(exchange.getRequestHeaders().getFirst("Last-Event-ID")));
          String stream = streams.size() > 1 ? streams.remove() : streams.element();
          if (!stream.equals(NO_ANSWER)) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(stream.getBytes(UTF_8));
            exchange.getResponseBody().flush();
          }
          held.accept(stream);
          exchange.close();
        });
    gateway.setExecutor(threads);
    gateway.start();
  }

  @AfterEach
  void stopGateway() {
    over.countDown();
    gateway.stop(0);
    threads.shutdownNow();
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

  @Test
  void rowsThatCantBeWrittenEndIt() {
    StringBuilder written = new StringBuilder();
    out =
        new Writer() {
          @Override
          public void write(char[] from, int offset, int length) throws IOException {
            if (written.indexOf("1}") >= 0) {
              throw new IOException("Broken pipe");
            }
            written.append(from, offset, length);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    streams.add(OPENING + FIRST + SECOND);
    held = stream -> hold();
    assertThat(tail()).isNotZero();
    assertThat(err.toString()).contains("can't write to standard output");
    assertThat(written).contains("{\"n\":1}").doesNotContain("{\"n\":2}");
  }

  @Test
  void itTriesAgainForAsLongAsItIsToldHoweverLongTheStreamHadNoRows() {
    streams.add(OPENING);
    streams.add(FIRST);
    held =
        stream -> {
          long opened = System.nanoTime();
          while (stream.equals(OPENING) && System.nanoTime() - opened < 1_500_000_000L) {
            LockSupport.parkNanos(10_000_000); // for longer than the patience
          }
        };
    assertThat(tail("--retry-for", "1", "--limit", "1")).isZero();
    assertThat(out.toString().lines()).containsExactly("{\"n\":1}");
  }

  @Test
  void aGatewayThatVanishedIsLeftForItsSuccessor() {
    streams.add(OPENING);
    streams.add(NO_ANSWER);
    streams.add(FIRST);
    held = stream -> hold();
    silence = Duration.ofMillis(200);
    assertThat(tail("--limit", "1")).isZero();
    assertThat(out.toString().lines()).containsExactly("{\"n\":1}");
    assertThat(resumedFrom).containsExactly("null", "0:4,1:-1", "0:4,1:-1");
  }

  /** Leaves the stream as it is until the test is over. */
  private void hold() {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int tail(String... options) {
    CommandLine line = Sluice.commandLine();
    TailCommand command = Objects.requireNonNull(line.getSubcommands().get("tail")).getCommand();
    command.silence(silence);
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    List<String> arguments = new ArrayList<>(List.of("tail", "db.t", "--endpoint"));
    arguments.add("127.0.0.1:" + gateway.getAddress().getPort());
    arguments.addAll(List.of(options));
    return line.execute(arguments.toArray(String[]::new));
  }
}
