package io.sluice.gateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.client.ClientSecurity;
import io.sluice.client.ClientSettings;
import io.sluice.client.ClientTls;
import io.sluice.client.Credentials;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.SluiceException.Reason;
import io.sluice.gateway.GatewayFixture;
import io.sluice.gateway.GatewaySettings;
import io.sluice.gateway.GuardedGateway;
import io.sluice.testing.tls.TestAuthority;
import io.sluice.testing.tls.TestCertificate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that asks its clients for a certificate, and the Java client that shows one. */
@SuppressWarnings({"NullAway.Init", "try"}) // close() may be interrupted
@Timeout(180)
class ClientCertificateTest {

  @TempDir Path folder;

  private TestAuthority servers;
  private TestAuthority clients;
  private TestAuthority strangers;
  private GatewayFixture gateway;

  @BeforeEach
  void start() throws Exception {
    servers = TestAuthority.create(folder, "servers");
    clients = TestAuthority.create(folder, "clients");
    strangers = TestAuthority.create(folder, "strangers");
    TestCertificate own = servers.issue("gateway", "localhost");
    TlsSettings mutual =
        new TlsSettings(
            own.certificate().toString(),
            own.key().toString(),
            clients.certificate().toString(),
            servers.certificate().toString(),
            "");
    gateway =
        new GatewayFixture(
            Files.createDirectories(folder.resolve("lake")),
            GatewaySettings.DEFAULT.with(mutual).with(GuardedGateway.settings(folder)));
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  private ClientSecurity security() {
    return ClientSecurity.NONE
        .withTls(true)
        .withCa(servers.certificate().toString())
        .with(Credentials.token(GuardedGateway.ADMIN));
  }

  private ClientSecurity showing(TestCertificate own) {
    return security().withCertificate(own.certificate().toString(), own.key().toString());
  }

  private SluiceClient client(ClientSecurity security) {
    return SluiceClient.connect(
        ClientSettings.of("grpc+tls://localhost:" + gateway.port())
            .withRetryFor(Duration.ofSeconds(20))
            .with(security));
  }

  private void assertRefused(ClientSecurity security, String advice) {
    try (SluiceClient client = client(security)) {
      assertThatThrownBy(client::listDatabases)
          .isInstanceOfSatisfying(
              SluiceException.class,
              e -> assertThat(e.reason()).as("%s", e).isEqualTo(Reason.INVALID))
          .hasMessageContaining(advice)
          .hasMessageNotContaining(GuardedGateway.ADMIN);
    }
    assertThatThrownBy(() -> status(security)).isInstanceOf(IOException.class);
  }

  private int status(ClientSecurity security) throws Exception {
    HttpClient http =
        HttpClient.newBuilder()
            .sslContext(ClientTls.of(security).context())
            .connectTimeout(Duration.ofSeconds(30))
            .build();
    URI uri = URI.create("https://localhost:" + gateway.port() + "/healthz");
    return http.send(
            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build(),
            BodyHandlers.ofString())
        .statusCode();
  }

  @Test
  void aClientOfTheAuthorityIsLetIn() throws Exception {
    ClientSecurity security = showing(clients.issue("client"));
    try (SluiceClient client = client(security)) {
      assertThat(client.listDatabases()).isNotNull();
    }
    assertThat(status(security)).isEqualTo(200);
  }

  @Test
  void othersAreToldWhatIsMissing() throws Exception {
    assertRefused(security(), "the gateway wants a certificate of its clients");
    assertRefused(
        showing(strangers.issue("stranger")), "the gateway doesn't take this client's certificate");
    assertRefused(
        showing(clients.issueExpired("late")),
        "the gateway doesn't take this client's certificate");
  }

  @Test
  void aCertificateIsNoToken() throws Exception {
    ClientSecurity security = showing(clients.issue("client")).with(Credentials.NONE);
    try (SluiceClient client = client(security)) {
      assertThatThrownBy(client::listDatabases)
          .isInstanceOfSatisfying(
              SluiceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAUTHORIZED));
    }
  }

  @Test
  void authorityAndCertificateAreReplacedWhileTheGatewayRuns() throws Exception {
    TestCertificate own = clients.issue("client");
    ClientSecurity security = showing(own);
    try (SluiceClient client = client(security)) {
      assertThat(client.listDatabases()).isNotNull();
      Files.copy(
          strangers.certificate(), clients.certificate(), StandardCopyOption.REPLACE_EXISTING);
      TestCertificate next = strangers.issue("next");
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!isLetIn(showing(next))) {
        assertThat(System.nanoTime()).as("the new authority isn't in use").isLessThan(deadline);
      }
      assertRefused(security, "the gateway doesn't take this client's certificate");
      own.replaceBy(next);
      assertThat(status(security)).isEqualTo(200);
      assertThat(client.listDatabases()).as("the old connection").isNotNull();
    }
  }

  private boolean isLetIn(ClientSecurity security) throws Exception {
    try {
      return status(security) == 200;
    } catch (IOException e) {
      return false;
    }
  }
}
