package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.sluice.catalog.types.ArrowSchemas;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

@Timeout(60)
class TableDescribeTest {

  private static final String SCHEMA =
      SchemaParser.toJson(
          ArrowSchemas.numbered(
              List.of(
                  NestedField.required(1, "id", Types.LongType.get(), "the key"),
                  NestedField.optional(
                      2, "stops", ArrowSchemas.parseType("list<struct<gate: string not null>>")))));

  private final StringWriter out = new StringWriter();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private HttpServer gateway;

  @BeforeEach
  void start() throws Exception {
    gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext(
        "/",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          String answer =
              "{\"schema\":"
                  + SCHEMA
                  + ",\"bucketCount\":1,\"location\":\"x\",\"options\":{},\"columns\":"
                  + "[{\"name\":\"stops\",\"type\":\"list<struct<late: boolean>>\"}]}";
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
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
  void columnsOfAllTypesAreShownAsTheyAreWritten() {
    assertThat(run("describe")).isZero();

    assertThat(out.toString().lines().map(line -> line.strip().replaceAll(" {2,}", "|")))
        .contains("id|long|no|the key", "stops|list<struct<gate: string not null>>|yes");
  }

  @Test
  void nestedTypesArePassedOnWhole() {
    assertThat(run("create", "-c", "stops list<struct<a: int, b: map<string, int>>> not null"))
        .isZero();
    assertThat(bodies.get(1))
        .contains(
            "{\"name\":\"stops\",\"type\":\"list<struct<a: int, b: map<string, int>>>\","
                + "\"required\":true}");
    assertThat(
            run("alter", "--add", "stops.element.c struct<x: int, y: int>", "--drop", "stops.key"))
        .isZero();
    assertThat(bodies.get(2))
        .isEqualTo(
            "{\"columns\":[{\"add\":\"stops.element.c\",\"type\":\"struct<x: int, y: int>\"},"
                + "{\"drop\":\"stops.key\"}]}");
    assertThat(out.toString()).contains("its columns are stops list<struct<late: boolean>>");
  }

  private int run(String command, String... more) {
    CommandLine line = Sluice.commandLine();
    line.setOut(new PrintWriter(out, true));
    List<String> args = new CopyOnWriteArrayList<>(List.of("table", command, "shop.orders"));
    args.addAll(List.of("--endpoint", "127.0.0.1:" + gateway.getAddress().getPort()));
    args.addAll(List.of(more));
    return line.execute(args.toArray(String[]::new));
  }
}
