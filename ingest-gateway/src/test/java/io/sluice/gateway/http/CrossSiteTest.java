package io.sluice.gateway.http;

import static io.sluice.gateway.http.GatewayFixture.NDJSON;
import static io.sluice.gateway.http.GatewayFixture.ROWS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.HostAndPort;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What web pages have browsers ask for. */
@Timeout(60)
class CrossSiteTest {

  private static final String TABLE = "/v1/databases/shop/tables/orders";
  private static final String EVIL = "http://evil.example";

  @ParameterizedTest(name = "{0}, {1}, {2}: {3}")
  @CsvSource(
      nullValues = "-",
      value = {
        // Programs.
        "-, -, localhost:9470, true",
        "-, -, gateway:9470, true",
        "-, -, -, true",
        // Browsers that reach the gateway by https, or as localhost: the host says nothing then.
        "same-origin, http://localhost:9470, localhost:9470, true",
        "same-origin, https://sluice.example, 10.0.0.21:9470, true",
        "none, -, localhost:9470, true",
        "cross-site, http://evil.example, localhost:9470, false",
        "same-site, http://localhost:3000, localhost:9470, false",
        "cross-site, -, localhost:9470, false",
        "cross-site, null, localhost:9470, false",
        // Those that don't, and older ones.
        "-, http://localhost:9470, localhost:9470, true",
        "-, http://LOCALHOST:9470, localhost:9470, true",
        "-, http://127.0.0.1:9470, 127.0.0.1:9470, true",
        "-, http://[::1]:9470, [::1]:9470, true",
        "-, http://10.0.0.21, 10.0.0.21, true",
        "-, http://evil.example, localhost:9470, false",
        "-, http://localhost:3000, localhost:9470, false",
        "-, http://localhost, localhost:9470, false",
        "-, http://127.0.0.1:9470, localhost:9470, false",
        "-, null, localhost:9470, false",
        "-, localhost:9470, localhost:9470, false",
        "-, http://localhost:9470, -, false",
        // A name that a page has resolve to the gateway's address.
        "-, http://evil.example:9470, evil.example:9470, false",
        "-, http://localhost.evil.example:9470, localhost.evil.example:9470, false",
        "-, http://127.0.0.1.evil.example:9470, 127.0.0.1.evil.example:9470, false",
      })
  void onlyPagesOfTheGatewaysOwnAddressMayAskForChanges(
      @Nullable String site, @Nullable String origin, @Nullable String host, boolean fine) {
    @Nullable HostAndPort named = host == null ? null : HostAndPort.parseAuthority(host, -1);

    assertThat(CrossSite.isFine("POST", site, origin, named)).isEqualTo(fine);
    assertThat(CrossSite.isFine("DELETE", site, origin, named)).isEqualTo(fine);
    assertThat(CrossSite.isFine("GET", site, origin, named)).isTrue();
  }

  @Test
  void noPageOfAnotherSiteChangesAnything(@TempDir Path folder) throws Exception {
    try (GatewayFixture gateway = new GatewayFixture(folder)) {
      gateway.createOrders("{}");
      gateway.post("{\"id\":1}");
      String own = "http://127.0.0.1:" + gateway.port();

      refused(gateway.send("POST", ROWS, "text/plain", "{\"id\":2}", "Origin", EVIL));
      refused(gateway.send("POST", ROWS, NDJSON, "{\"id\":2}", "Origin", "null"));
      refused(gateway.send("POST", TABLE + "/truncate", NDJSON, "", "Sec-Fetch-Site", "same-site"));
      refused(gateway.send("DELETE", TABLE, NDJSON, "", "Origin", EVIL));
      HttpResponse<String> dropped =
          gateway.send("DELETE", "/iceberg/v1/namespaces/shop", NDJSON, "", "Origin", EVIL);
      assertThat(dropped.statusCode()).isEqualTo(403);
      assertThat(dropped.body()).contains("ForbiddenException").contains("a web page of another");
      assertThat(gateway.post("{\"id\":3}", "Origin", own).statusCode()).isEqualTo(200);
      assertThat(gateway.post("{\"id\":4}", "Sec-Fetch-Site", "same-origin").statusCode())
          .isEqualTo(200);
      assertThat(gateway.get(ROWS + "?columns=id", "Origin", EVIL).body().lines()).hasSize(3);
    }
  }

  private static void refused(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
    assertThat(answer.body()).contains("FORBIDDEN").contains("Call the gateway from a program");
    assertThat(answer.headers().firstValue("WWW-Authenticate")).isEmpty();
  }

  @Test
  void noPageWhoseNameResolvesToTheGatewayDoesByHttpOrFlight(@TempDir Path folder)
      throws Exception {
    try (GatewayFixture gateway = new GatewayFixture(folder)) {
      gateway.createOrders("{}");
      String host = "evil.example:" + gateway.port();
      String from = "Host: " + host + "\r\nOrigin: http://" + host + "\r\n";
      String flight = "POST /arrow.flight.protocol.FlightService/DoAction";

      assertThat(raw(gateway, "DELETE " + TABLE, from)).startsWith("HTTP/1.1 403 ");
      assertThat(raw(gateway, flight, from + "Content-Type: application/grpc\r\n"))
          .startsWith("HTTP/1.1 403 ");
      assertThat(raw(gateway, flight, "Host: x\r\nContent-Type: application/grpc\r\n"))
          .startsWith("HTTP/1.1 404 ");
      assertThat(gateway.get(TABLE).statusCode()).isEqualTo(200);
    }
  }

  /** Sends what Java's client won't. */
  private static String raw(GatewayFixture gateway, String call, String headers) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      socket.setSoTimeout(30_000);
      String request =
          call + " HTTP/1.1\r\n" + headers + "Content-Length: 0\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }
}
