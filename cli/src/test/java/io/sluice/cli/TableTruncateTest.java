package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

@Timeout(60)
class TableTruncateTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private HttpServer gateway;
  private volatile int status = 200;
  private volatile String body = "";

  @BeforeEach
  void start() throws IOException {
    gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext(
        "/",
        exchange -> {
          requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    gateway.start();
  }

  @AfterEach
  void stop() {
    gateway.stop(0);
  }

  @Test
  void aTruncationSaysWhereTheRowsAreStillToBeFound() {
    body = "{\"buckets\":[{\"bucket\":0,\"lakeOffset\":12}],\"removedSnapshot\":77}";

    assertThat(run("--timeout", "5")).isZero();

    assertThat(requests)
        .containsExactly("POST /v1/databases/shop/tables/orders/truncate?timeoutMs=5000");
    assertThat(out.toString()).contains("Truncated shop.orders. Snapshot 77 ");
  }

  @Test
  void aTableThatHadNoRowsIsNoFailure() {
    body = "{\"buckets\":[{\"bucket\":0,\"lakeOffset\":0}],\"removedSnapshot\":null}";

    assertThat(run()).isZero();

    assertThat(requests.get(0)).endsWith("timeoutMs=60000");
    assertThat(out.toString()).contains("shop.orders has no rows");
  }

  @Test
  void whatTheGatewaySaysIsToldAndNothingIsTriedAgain() {
    status = 504;
    body = "{\"error\":{\"code\":\"TIMEOUT\",\"message\":\"nothing was truncated\"}}";

    assertThat(run()).isEqualTo(1);

    assertThat(requests).hasSize(1);
    assertThat(err.toString()).contains("nothing was truncated");
  }

  @Test
  void aTimeoutOutOfBoundsIsRefused() {
    assertThat(run("--timeout", "601")).isEqualTo(1);
    assertThat(err.toString()).contains("--timeout must be 0 to 600 seconds: 601");
    assertThat(requests).isEmpty();
  }

  private int run(String... more) {
    CommandLine line = Sluice.commandLine();
    line.setErr(new PrintWriter(err, true));
    line.setOut(new PrintWriter(out, true));
    List<String> args = new ArrayList<>();
    args.addAll(List.of("table", "truncate", "shop.orders"));
    args.addAll(List.of("--endpoint", "127.0.0.1:" + gateway.getAddress().getPort()));
    args.addAll(List.of(more));
    return line.execute(args.toArray(String[]::new));
  }
}
