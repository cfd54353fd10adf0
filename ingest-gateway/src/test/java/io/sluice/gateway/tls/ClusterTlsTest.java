package io.sluice.gateway.tls;

import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.BucketWatermark;
import io.sluice.client.ClientSettings;
import io.sluice.client.Credentials;
import io.sluice.client.SluiceClient;
import io.sluice.gateway.ClusterFixture;
import io.sluice.gateway.GuardedGateway;
import io.sluice.testing.tls.TestCertificate;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gateways call each other by TLS, with tokens and client certificates. */
@SuppressWarnings("try") // close() may be interrupted
@Timeout(180)
class ClusterTlsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "'dns:localhost,ip:127.0.0.1', '', false",
    "'dns:localhost,dns:sluice.test', 'sluice.test', false",
    "'dns:localhost,ip:127.0.0.1', '', true",
  })
  void callsArePassedOn(String names, String peerName, boolean mutual) throws Exception {
    TestCertificate own = TestCertificate.create(folder, "own", names);
    String certificate = own.certificate().toString();
    TlsSettings tls =
        new TlsSettings(
            certificate, own.key().toString(), mutual ? certificate : "", certificate, peerName);
    Path lake = Files.createDirectory(folder.resolve("lake"));
    try (ClusterFixture cluster =
        new ClusterFixture(lake, 2, GuardedGateway.settings(folder), tls)) {
      TableName table =
          cluster.createTable(
              "t", new Schema(required(1, "id", LongType.get())), Map.of("bucket.count", "8"));
      HttpClient http =
          HttpClient.newBuilder()
              .sslContext(TestTrust.of(own, mutual))
              .connectTimeout(Duration.ofSeconds(30))
              .build();
      for (ClusterFixture.Node node : cluster.nodes()) {
        for (int bucket = 0; bucket < 8; bucket++) {
          HttpResponse<String> answer =
              http.send(
                  HttpRequest.newBuilder(
                          URI.create(
                              "https://localhost:%d/v1/databases/db/tables/t/rows?bucket=%d"
                                  .formatted(node.port(), bucket)))
                      .timeout(Duration.ofSeconds(60))
                      .header("Authorization", "Bearer " + GuardedGateway.WRITER)
                      .header("Content-Type", "application/x-ndjson")
                      .POST(HttpRequest.BodyPublishers.ofString("{\"id\":1}\n"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
          assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
      }
      assertAllThere(cluster, table, own);
    }
  }

  private static void assertAllThere(ClusterFixture cluster, TableName table, TestCertificate own)
      throws Exception {
    ClientSettings settings =
        ClientSettings.of("grpc+tls://localhost:" + cluster.nodes().get(0).port())
            .with(Credentials.token(GuardedGateway.READER));
    String certificate = own.certificate().toString();
    settings =
        settings.with(
            settings
                .security()
                .withCa(certificate)
                .withCertificate(certificate, own.key().toString()));
    try (SluiceClient client = SluiceClient.connect(settings)) {
      List<BucketWatermark> found = client.watermarks(table);
      assertThat(found).hasSize(8).allMatch(one -> one.watermark() == 2);
    }
  }
}
