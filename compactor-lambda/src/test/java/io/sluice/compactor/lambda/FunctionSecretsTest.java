package io.sluice.compactor.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

@Timeout(60)
class FunctionSecretsTest {

  private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");
  private static final Map<String, String> VARIABLES =
      Map.of(
          FunctionTls.ZOOKEEPER_CERTIFICATE_AND_KEY, "secretsmanager:town/cluster/identity",
          FunctionTls.BOOKIES_KEY, "secretsmanager:town/cluster/identity",
          FunctionTls.BOOKIES_CA, "/opt/ca.pem",
          LambdaEnvironment.CLUSTER, "secretsmanager:no/file");

  @TempDir Path folder;
  private final Map<String, String> values = new HashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Integer> statuses = new CopyOnWriteArrayList<>();
  private String answer = "";
  private HttpServer server;

  @BeforeEach
  void startsServer() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String authorization = exchange.getRequestHeaders().getFirst("Authorization");
          String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
          String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          requests.add(authorization + " " + target + " " + body);
          byte[] bytes = answer.getBytes(UTF_8);
          exchange.sendResponseHeaders(statuses.remove(0), bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stopsServer() {
    server.stop(0);
  }

  private FunctionSecrets secrets() {
    return new FunctionSecrets(
        id -> {
          asked.add(id);
          String value = values.get(id);
          if (value == null) {
            throw new IOException("no " + id);
          }
          return value;
        },
        folder.resolve("secrets"));
  }

  private SecretReader manager() {
    return new SecretReader(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
        "eu-central-1",
        () -> StaticCredentialsProvider.create(AwsBasicCredentials.create("AKID", "secret")));
  }

  @Test
  void variablesThatNameSecretsNameFilesWithTheirValues() throws Exception {
    values.put("town/cluster/identity", "certificate and key");

    Map<String, String> files = secrets().files(VARIABLES, NOON);

    Path file = Path.of(files.get(FunctionTls.ZOOKEEPER_CERTIFICATE_AND_KEY));
    assertThat(file).hasContent("certificate and key");
    assertThat(files).containsEntry(FunctionTls.BOOKIES_KEY, file.toString());
    assertThat(files).containsEntry(FunctionTls.BOOKIES_CA, "/opt/ca.pem");
    assertThat(files).containsEntry(LambdaEnvironment.CLUSTER, "secretsmanager:no/file");
    assertThat(asked).containsExactly("town/cluster/identity");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void whoAsksAgainAndAgainGetsNewValuesAllTheSame() throws Exception {
    values.put("town/cluster/identity", "bad");
    FunctionSecrets secrets = secrets();
    Path file = Path.of(secrets.files(VARIABLES, NOON).get(FunctionTls.BOOKIES_KEY));
    values.put("town/cluster/identity", "good");

    // Connections that can't be made are tried again with each message.
    for (int second = 15; second < 60; second += 15) {
      secrets.refresh(NOON.plusSeconds(second));
      var unused = secrets.files(VARIABLES, NOON.plusSeconds(second));
    }
    secrets.refresh(NOON.plusSeconds(60));

    assertThat(file).hasContent("good");
  }

  @Test
  void newValuesComeAfterAMinuteAndOldOnesStayWhileThereAreNone() throws Exception {
    values.put("town/cluster/identity", "old");
    FunctionSecrets secrets = secrets();
    Path file = Path.of(secrets.files(VARIABLES, NOON).get(FunctionTls.BOOKIES_KEY));
    values.put("town/cluster/identity", "new");

    secrets.refresh(NOON.plusSeconds(59));
    assertThat(file).hasContent("old");
    secrets.refresh(NOON.plusSeconds(60));
    assertThat(file).hasContent("new");
    values.clear();
    secrets.refresh(NOON.plusSeconds(120));
    assertThat(file).hasContent("new");
    secrets.refresh(NOON.plusSeconds(121));
    assertThat(asked).hasSize(3);
  }

  @Test
  void aSecretThatCannotBeReadAtFirstIsAFailureAndIsAskedForAgain() throws Exception {
    FunctionSecrets secrets = secrets();
    assertThatThrownBy(() -> secrets.files(VARIABLES, NOON)).hasMessage("no town/cluster/identity");
    secrets.refresh(NOON.plusSeconds(100));
    values.put("town/cluster/identity", "there now");
    assertThat(secrets.files(VARIABLES, NOON)).containsKey(FunctionTls.BOOKIES_KEY);
    assertThatThrownBy(
            () -> secrets.files(Map.of(FunctionTls.BOOKIES_CA, "secretsmanager: "), NOON))
        .hasMessageContaining(FunctionTls.BOOKIES_CA + " must name a secret");
  }

  @Test
  void theCallIsSignedForSecretsManager() throws Exception {
    statuses.add(200);
    answer = "{\"Name\":\"town/ca\",\"SecretString\":\"-----BEGIN\\nx\"}";

    assertThat(manager().value("town/ca")).isEqualTo("-----BEGIN\nx");
    assertThat(requests).hasSize(1);
    assertThat(requests.get(0))
        .startsWith("AWS4-HMAC-SHA256 Credential=AKID/")
        .contains("/eu-central-1/secretsmanager/aws4_request")
        .endsWith(" secretsmanager.GetSecretValue {\"SecretId\":\"town/ca\"}");
  }

  @Test
  void refusalsAreToldAndFailuresOfTheServiceAreTriedAgain() {
    statuses.add(400);
    answer = "{\"__type\":\"ResourceNotFoundException\",\"message\":\"no value\"}";
    assertThatThrownBy(() -> manager().value("town/ca"))
        .hasMessage(
            "the secret town/ca can't be read: ResourceNotFoundException no value. Put a value,"
                + " and let the function's role read it");
    assertThat(requests).hasSize(1);

    statuses.addAll(List.of(500, 503, 500));
    assertThatThrownBy(() -> manager().value("town/ca")).hasMessageContaining("HTTP 500");
    assertThat(requests).hasSize(4);

    statuses.addAll(List.of(503, 200));
    answer = "{\"SecretString\":\" \"}";
    assertThatThrownBy(() -> manager().value("town/ca")).hasMessageContaining("it has no text");

    statuses.add(200);
    answer = "{\"SecretString\":\"hidden";
    assertThatThrownBy(() -> manager().value("town/ca"))
        .hasMessageContaining("HTTP 200 without JSON")
        .hasNoCause();
  }

  @Test
  void aServiceThatIsAwayIsNamed() {
    server.stop(0);
    assertThatThrownBy(() -> manager().value("town/ca"))
        .hasMessageContaining("no answer of http://127.0.0.1:");
  }

  @Test
  void theRegionSaysWhereTheServiceIsUnlessAVariableDoes() {
    assertThat(SecretReader.endpoint(Map.of(), "eu-central-1"))
        .hasToString("https://secretsmanager.eu-central-1.amazonaws.com");
    assertThat(SecretReader.endpoint(Map.of(), "cn-north-1"))
        .hasToString("https://secretsmanager.cn-north-1.amazonaws.com.cn");
    assertThat(SecretReader.endpoint(Map.of("AWS_ENDPOINT_URL", "http://here:1"), "x"))
        .hasToString("http://here:1");
  }
}
