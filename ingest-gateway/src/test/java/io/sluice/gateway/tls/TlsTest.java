package io.sluice.gateway.tls;

import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.client.ClientSettings;
import io.sluice.client.Credentials;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.SluiceException.Reason;
import io.sluice.gateway.GatewayFixture;
import io.sluice.gateway.GatewaySettings;
import io.sluice.gateway.GuardedGateway;
import io.sluice.testing.tls.TestCertificate;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS on the port: all protocols, other certificates without a restart, and what goes wrong. */
@SuppressWarnings("try") // close() may be interrupted
@Timeout(180)
class TlsTest {

  private static final String HERE = "dns:localhost,ip:127.0.0.1";

  @TempDir Path folder;

  private GatewayFixture gateway(TlsSettings tls) throws Exception {
    Path lake = Files.createDirectories(folder.resolve("lake"));
    return new GatewayFixture(
        lake, GatewaySettings.DEFAULT.with(tls).with(GuardedGateway.settings(folder)));
  }

  private static TlsSettings settings(TestCertificate own) {
    return new TlsSettings(
        own.certificate().toString(), own.key().toString(), "", own.certificate().toString(), "");
  }

  private static ClientSettings client(String address, Path ca) {
    ClientSettings settings =
        ClientSettings.of(address)
            .withRetryFor(Duration.ofMillis(100))
            .with(Credentials.token(GuardedGateway.ADMIN));
    return settings.with(settings.security().withCa(ca.toString()));
  }

  @Test
  void allProtocolsShareThePort() throws Exception {
    TestCertificate own = TestCertificate.create(folder, "own", HERE);
    try (GatewayFixture gateway = gateway(settings(own))) {
      var unused =
          gateway.createTable("t", new Schema(required(1, "id", LongType.get())), Map.of());
      for (Version version : Version.values()) {
        HttpClient http =
            HttpClient.newBuilder()
                .version(version)
                .sslContext(TestTrust.of(own))
                .connectTimeout(Duration.ofSeconds(30))
                .build();
        HttpResponse<String> answer =
            http.send(
                HttpRequest.newBuilder(
                        URI.create("https://localhost:" + gateway.port() + "/v1/databases"))
                    .timeout(Duration.ofSeconds(30))
                    .header("Authorization", "Bearer " + GuardedGateway.ADMIN)
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.version()).isEqualTo(version);
      }
      String address = "grpc+tls://localhost:" + gateway.port();
      try (SluiceClient client = SluiceClient.connect(client(address, own.certificate()))) {
        assertThat(client.listDatabases()).contains("db");
      }
      String plain = "localhost:" + gateway.port();
      try (SluiceClient client = SluiceClient.connect(client(plain, own.certificate()))) {
        assertThatThrownBy(client::listDatabases).hasMessageContaining("write grpc+tls://");
      }
    }
  }

  private static void assertRefused(ClientSettings settings, String advice) {
    try (SluiceClient client = SluiceClient.connect(settings)) {
      assertThatThrownBy(client::listDatabases)
          .isInstanceOfSatisfying(
              SluiceException.class,
              e -> assertThat(e.reason()).as("%s", e).isEqualTo(Reason.INVALID))
          .hasMessageContaining(advice)
          .hasMessageNotContaining(GuardedGateway.ADMIN);
    }
  }

  @Test
  void whatCantBeTrustedSaysWhy() throws Exception {
    TestCertificate own = TestCertificate.create(folder, "own", "dns:localhost");
    TestCertificate other = TestCertificate.create(folder, "other", HERE);
    try (GatewayFixture gateway = gateway(settings(own))) {
      String port = ":" + gateway.port();
      assertRefused(client("grpc+tls://localhost" + port, other.certificate()), "isn't trusted");
      assertRefused(
          client("grpc+tls://127.0.0.1" + port, own.certificate()), "for other host names");
    }
    try (GatewayFixture gateway = gateway(TlsSettings.DEFAULT)) {
      assertRefused(
          client("grpc+tls://localhost:" + gateway.port(), own.certificate()), "doesn't speak TLS");
    }
  }

  @Test
  void otherCertificatesNeedNoRestartAndBrokenOnesChangeNothing() throws Exception {
    TestCertificate own = TestCertificate.create(folder, "own", HERE);
    TestCertificate next = TestCertificate.create(folder, "next", HERE);
    SSLContext both = TestTrust.of(own, next);
    try (GatewayFixture gateway = gateway(settings(own))) {
      assertThat(served(both, gateway.port())).isEqualTo("CN=own");
      Files.writeString(own.key(), "rubbish");
      assertThat(served(both, gateway.port())).isEqualTo("CN=own");
      own.replaceBy(next);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!served(both, gateway.port()).equals("CN=next")) {
        assertThat(System.nanoTime()).as("still the old one").isLessThan(deadline);
      }
    }
  }

  private static String served(SSLContext context, int port) throws Exception {
    SSLSocketFactory sockets = context.getSocketFactory();
    try (SSLSocket socket = (SSLSocket) sockets.createSocket("localhost", port)) {
      socket.setSoTimeout(30_000);
      socket.startHandshake();
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSubjectX500Principal().getName();
    }
  }

  @Test
  void aKeyOfAnotherCertificateIsRefusedAtTheStart() throws Exception {
    TestCertificate own = TestCertificate.create(folder, "own", HERE);
    TestCertificate other = TestCertificate.create(folder, "other", HERE);
    TlsSettings mixed =
        new TlsSettings(own.certificate().toString(), other.key().toString(), "", "", "");
    assertThatThrownBy(() -> gateway(mixed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the key is another certificate's");
    assertThatThrownBy(() -> new TlsSettings("a", "", "", "", "")).hasMessageContaining("its key");
  }
}
