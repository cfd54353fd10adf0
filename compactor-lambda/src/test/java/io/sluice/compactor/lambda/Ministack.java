package io.sluice.compactor.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** A stand-in for AWS: queues, and a function that one of them drives. */
final class Ministack implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));

  private final URI endpoint;
  private final HttpClient http = HttpClient.newHttpClient();
  private final String name = "sluice-" + UUID.randomUUID();
  final SqsClient sqs;
  final String dead;
  final String work;
  private String mapping = "";

  /**
   * Makes a queue and its queue of dead letters.
   *
   * @param hidden how long a message that failed stays hidden
   * @param receives how often a message is tried
   */
  Ministack(URI endpoint, Duration hidden, int receives) {
    this.endpoint = endpoint;
    sqs =
        SqsClient.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(CREDENTIALS)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    dead = sqs.createQueue(request -> request.queueName(name + "-dead")).queueUrl();
    String redrive =
        JSON.createObjectNode()
            .put("deadLetterTargetArn", arn(dead))
            .put("maxReceiveCount", receives)
            .toString();
    work =
        sqs.createQueue(
                request ->
                    request
                        .queueName(name)
                        .attributes(
                            Map.of(
                                QueueAttributeName.VISIBILITY_TIMEOUT,
                                "" + hidden.toSeconds(),
                                QueueAttributeName.REDRIVE_POLICY,
                                redrive)))
            .queueUrl();
  }

  private String arn(String queue) {
    return Objects.requireNonNull(
        sqs.getQueueAttributes(
                request -> request.queueUrl(queue).attributeNames(QueueAttributeName.QUEUE_ARN))
            .attributes()
            .get(QueueAttributeName.QUEUE_ARN));
  }

  /** Deploys the zip as a function that the queue drives. */
  void deploy(Path zip, Map<String, String> variables, Duration limit) throws IOException {
    try (S3Client s3 =
        S3Client.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(CREDENTIALS)
            .forcePathStyle(true)
            .httpClient(UrlConnectionHttpClient.create())
            .build()) {
      s3.createBucket(request -> request.bucket(name));
      s3.putObject(request -> request.bucket(name).key("zip"), RequestBody.fromFile(zip));
    }
    ObjectNode function =
        JSON.createObjectNode()
            .put("FunctionName", name)
            .put("Runtime", "provided.al2023")
            .put("Handler", "io.sluice.compactor.lambda.CompactorHandler::handleRequest")
            .put("Role", "arn:aws:iam::000000000000:role/function")
            .put("Timeout", limit.toSeconds())
            .put("MemorySize", 1769);
    function.putObject("Code").put("S3Bucket", name).put("S3Key", "zip");
    ObjectNode environment = function.putObject("Environment").putObject("Variables");
    variables.forEach(environment::put);
    var unused = call("POST", "/2015-03-31/functions", function);
    // The runtime's client unpacks its library to one place, for one process on a computer.
    unused =
        call(
            "PUT",
            "/2017-10-31/functions/" + name + "/concurrency",
            JSON.createObjectNode().put("ReservedConcurrentExecutions", 1));
    ObjectNode source =
        JSON.createObjectNode()
            .put("EventSourceArn", arn(work))
            .put("FunctionName", name)
            .put("BatchSize", 10);
    source.putArray("FunctionResponseTypes").add("ReportBatchItemFailures");
    mapping = call("POST", "/2015-03-31/event-source-mappings", source).get("UUID").asText();
  }

  /** Has a schedule invoke the function once, soon, with the event that Terraform's sends. */
  void schedule() throws IOException {
    ObjectNode schedule =
        JSON.createObjectNode()
            .put("ScheduleExpression", "at(2026-01-01T00:00:00)")
            .put("ActionAfterCompletion", "DELETE");
    schedule.putObject("FlexibleTimeWindow").put("Mode", "OFF");
    schedule
        .putObject("Target")
        .put("Arn", "arn:aws:lambda:us-east-1:000000000000:function:" + name)
        .put("RoleArn", "arn:aws:iam::000000000000:role/schedule")
        .put("Input", "{}");
    var unused = call("POST", "/schedules/" + name, schedule);
  }

  private JsonNode call(String method, String path, ObjectNode body) throws IOException {
    String service = path.startsWith("/schedules/") ? "scheduler" : "lambda";
    HttpResponse<String> answer =
        http.sendAsync(
                HttpRequest.newBuilder(endpoint.resolve(path))
                    .timeout(Duration.ofMinutes(3))
                    .header("Content-Type", "application/json")
                    .header(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/"
                            + service
                            + "/aws4_request, SignedHeaders=host, Signature=0")
                    .method(method, HttpRequest.BodyPublishers.ofString(body.toString()))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .join();
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    return answer.body().isBlank() ? JSON.createObjectNode() : JSON.readTree(answer.body());
  }

  @Override
  public void close() throws IOException {
    if (!mapping.isEmpty()) {
      delete("/2015-03-31/event-source-mappings/" + mapping);
      delete("/2015-03-31/functions/" + name);
    }
    sqs.close();
  }

  private void delete(String path) throws IOException {
    var unused = call("DELETE", path, JSON.createObjectNode());
  }
}
