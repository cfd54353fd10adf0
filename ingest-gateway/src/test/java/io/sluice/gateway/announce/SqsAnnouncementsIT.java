package io.sluice.gateway.announce;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.compaction.Announcement;
import io.sluice.catalog.table.TableName;
import io.sluice.testing.aws.AwsEnvironment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Announcements in a queue of SQS. */
@Tag("aws")
@Timeout(120)
class SqsAnnouncementsIT {

  private static AwsEnvironment aws;

  private SqsClient sqs;
  private String queue = "";
  private String dead = "";

  @BeforeAll
  static void findsAws() throws Exception {
    aws = AwsEnvironment.open();
    System.setProperty("aws.endpointUrl", aws.endpoint().toString());
    System.setProperty("aws.region", "us-east-1");
    System.setProperty("aws.accessKeyId", "test");
    System.setProperty("aws.secretAccessKey", "test");
  }

  @AfterAll
  static void endsAws() throws Exception {
    if (aws != null) {
      aws.close();
    }
  }

  @BeforeEach
  void makesQueues() {
    sqs = SqsQueues.client("");
    String name = "q" + UUID.randomUUID();
    queue = sqs.createQueue(request -> request.queueName(name)).queueUrl();
    dead = sqs.createQueue(request -> request.queueName(name + "-dead")).queueUrl();
  }

  @AfterEach
  void closes() {
    sqs.close();
  }

  @Test
  void eachTableIsAnnouncedAndWhatIsDeadIsCounted() throws Exception {
    Set<TableName> asked = new HashSet<>();
    AnnounceSettings settings = new AnnounceSettings(queue, dead, Duration.ofMillis(50), 1_000);
    try (SqsAnnouncements announcements = SqsAnnouncements.start(settings)) {
      for (int i = 0; i < 25; i++) {
        TableName table = new TableName("db", "table-" + i);
        asked.add(table);
        announcements.request(table);
        announcements.request(table);
      }
      Set<TableName> found = new HashSet<>();
      while (found.size() < asked.size()) {
        receive(queue).forEach(body -> found.add(Announcement.decode(body).table()));
      }
      assertThat(found).isEqualTo(asked);
      assertThat(announcements.dropped()).isZero();
      assertThat(announcements.queue().get(30, TimeUnit.SECONDS).orElseThrow().dead()).isZero();
      var unused = sqs.sendMessage(request -> request.queueUrl(dead).messageBody("poison"));
      assertThat(announcements.queue().get(30, TimeUnit.SECONDS).orElseThrow().dead()).isEqualTo(1);
    }
  }

  @Test
  void deadMessagesAreMovedBackAsTheyAre() {
    Set<String> bodies = new HashSet<>();
    for (int i = 0; i < 23; i++) {
      String body = "message \"" + i + "\"";
      bodies.add(body);
      var unused = sqs.sendMessage(request -> request.queueUrl(dead).messageBody(body));
    }

    assertThat(SqsQueues.move(sqs, dead, queue, SqsQueues.messages(sqs, dead))).isEqualTo(23);

    assertThat(SqsQueues.messages(sqs, dead)).isZero();
    Set<String> found = new HashSet<>();
    while (found.size() < bodies.size()) {
      found.addAll(receive(queue));
    }
    assertThat(found).isEqualTo(bodies);
  }

  @Test
  void whatFailsTooOftenIsDeadAndIsMovedBack() {
    String arn =
        Objects.requireNonNull(
            sqs.getQueueAttributes(
                    request -> request.queueUrl(dead).attributeNames(QueueAttributeName.QUEUE_ARN))
                .attributes()
                .get(QueueAttributeName.QUEUE_ARN));
    Map<QueueAttributeName, String> redrive =
        Map.of(
            QueueAttributeName.REDRIVE_POLICY,
            "{\"deadLetterTargetArn\":\"" + arn + "\",\"maxReceiveCount\":\"2\"}");
    var unused = sqs.setQueueAttributes(request -> request.queueUrl(queue).attributes(redrive));
    String body = new Announcement(new TableName("db", "t")).encode();
    var sent = sqs.sendMessage(request -> request.queueUrl(queue).messageBody(body));

    // Taken, and never deleted, as by a function that fails.
    while (SqsQueues.messages(sqs, dead) == 0) {
      var taken =
          sqs.receiveMessage(
              request -> request.queueUrl(queue).visibilityTimeout(0).waitTimeSeconds(1));
      assertThat(taken.messages().size()).isLessThanOrEqualTo(1);
    }

    assertThat(SqsQueues.messages(sqs, queue)).isZero();
    assertThat(SqsQueues.move(sqs, dead, queue, 10)).isEqualTo(1);
    assertThat(receive(queue)).containsExactly(body);
    assertThat(sent.messageId()).isNotBlank();
  }

  private List<String> receive(String from) {
    List<String> bodies = new ArrayList<>();
    for (Message message :
        sqs.receiveMessage(
                request -> request.queueUrl(from).maxNumberOfMessages(10).waitTimeSeconds(1))
            .messages()) {
      bodies.add(message.body());
      sqs.deleteMessage(request -> request.queueUrl(from).receiptHandle(message.receiptHandle()));
    }
    return bodies;
  }
}
