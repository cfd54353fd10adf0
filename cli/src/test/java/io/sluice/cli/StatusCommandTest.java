package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

@Timeout(60)
class StatusCommandTest {

  private static final String TABLE =
      "\"database\":\"shop\",\"table\":\"orders\",\"buckets\":4,\"rows\":1200,"
          + "\"rowsNotInLake\":200,\"secondsNotInLake\":3.5,\"lastError\":null";

  private final StringWriter out = new StringWriter();
  private HttpServer gateway;
  private volatile String body = "";

  @BeforeEach
  void start() throws IOException {
    gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext(
        "/",
        exchange -> {
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
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
  void aTableSaysWhenItWasMaintainedAndWhatFailed() {
    answer(
        "{"
            + TABLE
            + ",\"maintenance\":{\"lastAt\":\""
            + Instant.now().minusSeconds(600)
            + "\",\"lastError\":\"expire: the store is away\",\"steps\":{}}}");

    assertThat(run())
        .contains("shop.orders", "1,200", "4 s", "10 min ago")
        .contains("maintenance: expire: the store is away");
  }

  @Test
  void aGatewayOfAnEarlierVersionSaysNothingOfMaintenance() {
    answer("{" + TABLE + "}");

    assertThat(run()).contains("shop.orders", "never").doesNotContain("maintenance:", "null");
    assertThat(run("--maintenance")).contains("rewrite", "never", "now");
  }

  @Test
  void whatIsNotKnownOfATableIsNoZero() {
    answer("{\"database\":\"shop\",\"table\":\"orders\",\"lastError\":\"no owner answers\"}");

    assertThat(run()).containsPattern("shop.orders +\\? +\\? +\\? +\\? +never +no owner answers");
  }

  @Test
  void theStepsOfMaintenanceAreListed() {
    String rewrite =
        "{\"at\":\""
            + Instant.now().minusSeconds(600)
            + "\",\"dueAt\":\""
            + Instant.now().minusSeconds(300)
            + "\",\"count\":8,\"bytes\":4096,\"totalCount\":80,\"totalBytes\":40960}";
    answer(
        "{"
            + TABLE
            + ",\"maintenance\":{\"lastError\":\"expire: it is away\",\"steps\":{\"rewrite\":"
            + rewrite
            + "}}}");

    assertThat(run("--maintenance").lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .matches("shop.orders +rewrite +10 min ago +8 +4,096 +80 +5 min overdue"))
        .contains("shop.orders fails: expire: it is away");
  }

  @Test
  void filesThatAreStillToBeDeletedAreTold() {
    answer(
        "{" + TABLE + "}",
        ",\"purges\":[{\"database\":\"shop\",\"table\":\"gone\",\"location\":\"s3://b/gone\","
            + "\"askedAt\":\""
            + Instant.now().minusSeconds(10_800)
            + "\",\"lastError\":\"no access\"}],\"purgesUnknown\":null");

    assertThat(run())
        .contains(
            "Dropped shop.gone 3 h ago, its files at s3://b/gone are still to be deleted:"
                + " no access");
  }

  private void answer(String table) {
    answer(table, "");
  }

  private void answer(String table, String more) {
    body = "{\"gateway\":\"g\",\"tables\":[" + table + "]" + more + "}";
  }

  private String run(String... options) {
    CommandLine line = Sluice.commandLine();
    line.setOut(new PrintWriter(out, true));
    List<String> args = new ArrayList<>();
    args.addAll(List.of("status", "--endpoint", "127.0.0.1:" + gateway.getAddress().getPort()));
    args.addAll(List.of(options));
    assertThat(line.execute(args.toArray(String[]::new))).isZero();
    return out.toString();
  }
}
