package io.sluice.gateway.announce;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.compaction.Announcement;
import io.sluice.catalog.table.TableName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/** Announcements in a queue of SQS, whose endpoint comes by {@code -Daws.endpoint}. */
@Tag("aws")
@Timeout(120)
class SqsAnnouncementsIT {

  private SqsClient sqs;
  private String queue = "";
  private String dead = "";

  @BeforeEach
  void makesQueues() {
    System.setProperty("aws.endpointUrl", System.getProperty("aws.endpoint", ""));
    System.setProperty("aws.region", "us-east-1");
    System.setProperty("aws.accessKeyId", "test");
    System.setProperty("aws.secretAccessKey", "test");
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
