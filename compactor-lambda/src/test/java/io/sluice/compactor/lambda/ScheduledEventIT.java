package io.sluice.compactor.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.CompactorTown;
import io.sluice.testing.aws.AwsEnvironment;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * The event for a look at everything, as EventBridge makes it. It comes by way of a queue, as
 * stand-ins that have no functions have queues; the handler gets its very bytes.
 */
@Tag("aws")
@Timeout(200)
class ScheduledEventIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(100);

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private final String name = "sluice-" + UUID.randomUUID();
  private AwsEnvironment aws;
  private SqsClient sqs;
  private String queue = "";
  private CompactorTown town;

  @BeforeEach
  void opens() throws Exception {
    aws = AwsEnvironment.open();
    sqs =
        SqsClient.builder()
            .endpointOverride(aws.endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    queue = sqs.createQueue(request -> request.queueName(name)).queueUrl();
    town = new CompactorTown(folder);
  }

  @AfterEach
  void closes() throws Exception {
    if (town != null) {
      town.close();
    }
    if (sqs != null) {
      sqs.close();
    }
    if (aws != null) {
      aws.close();
    }
  }

  @Test
  void anEventOfARuleBringsWhatNoMessageNames() throws Exception {
    Table table = town.table("forgotten", 1);
    town.append(table, 0, 10, 10);
    ObjectNode rule = JSON.createObjectNode().put("Name", name);
    String source = "sluice." + name;
    rule.put("EventPattern", "{\"source\":[\"" + source + "\"]}");
    var unused = events("PutRule", rule);
    ObjectNode targets = JSON.createObjectNode().put("Rule", name);
    targets.putArray("Targets").addObject().put("Id", "queue").put("Arn", queueArn());
    assertThat(events("PutTargets", targets).path("FailedEntryCount").asInt()).isZero();
    ObjectNode entries = JSON.createObjectNode();
    entries
        .putArray("Entries")
        .addObject()
        .put("Source", source)
        .put("DetailType", "Scheduled Event")
        .put("Detail", "{}");
    assertThat(events("PutEvents", entries).path("FailedEntryCount").asInt()).isZero();

    String event = received();

    assertThat(JSON.readTree(event).path("detail-type").asText()).isEqualTo("Scheduled Event");
    CompactorHandler handler =
        new CompactorHandler(
            run -> CompactorHandlerTest.connections(town, "lambda"), "town", line -> {});
    assertThat(CompactorHandlerTest.answer(handler, event, 600_000)).isEmpty();
    town.assertLakeEqualsLog(table);
  }

  private String queueArn() {
    return Objects.requireNonNull(
        sqs.getQueueAttributes(
                request -> request.queueUrl(queue).attributeNames(QueueAttributeName.QUEUE_ARN))
            .attributes()
            .get(QueueAttributeName.QUEUE_ARN));
  }

  private String received() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      for (Message message :
          sqs.receiveMessage(request -> request.queueUrl(queue).waitTimeSeconds(1)).messages()) {
        return message.body();
      }
    }
    throw new AssertionError("no event within " + PATIENCE);
  }

  private JsonNode events(String action, ObjectNode body) throws IOException {
    HttpResponse<String> answer =
        http.sendAsync(
                HttpRequest.newBuilder(aws.endpoint())
                    .timeout(PATIENCE)
                    .header("Content-Type", "application/x-amz-json-1.1")
                    .header("X-Amz-Target", "AWSEvents." + action)
                    .header(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/events/aws4_request,"
                            + " SignedHeaders=host, Signature=0")
                    .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .join();
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    return JSON.readTree(answer.body());
  }
}
