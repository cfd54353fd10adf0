package io.sluice.gateway.announce;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.SqsClientBuilder;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Queues of SQS, and what an operator does to them. */
public final class SqsQueues {

  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);
  private static final int SECONDS_HIDDEN = 60;
  private static final Pattern AWS_URL =
      Pattern.compile("https://sqs\\.([a-z0-9-]+)\\.amazonaws\\.com(\\.cn)?/.*");

  /**
   * Connects, with AWS's default chains for credentials and endpoint; the region is the queue's.
   */
  public static SqsClient client(String queueUrl) {
    SqsClientBuilder builder =
        SqsClient.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(Duration.ofSeconds(2))
                    .socketTimeout(CALL_LIMIT))
            .overrideConfiguration(limits -> limits.apiCallTimeout(CALL_LIMIT.multipliedBy(2)));
    Matcher url = AWS_URL.matcher(queueUrl);
    return (url.matches() ? builder.region(Region.of(url.group(1))) : builder).build();
  }

  /** Returns about how many messages a queue has, those that someone has just taken included. */
  public static long messages(SqsClient sqs, String queueUrl) {
    var attributes =
        sqs.getQueueAttributes(
                request ->
                    request
                        .queueUrl(queueUrl)
                        .attributeNames(
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
            .attributes();
    return attributes.values().stream().mapToLong(Long::parseLong).sum();
  }

  /**
   * Moves messages from one queue to another, each at least once: one that can't be deleted after
   * it was sent comes again. Messages that others have taken stay. Begin it again if it fails.
   *
   * @param most how many at most, so that messages that fail again at once don't go round for ever
   * @return how many were moved
   */
  public static long move(SqsClient sqs, String from, String to, long most) {
    long moved = 0;
    while (moved < most) {
      int count = (int) Math.min(Announcer.BATCH, most - moved);
      List<Message> messages =
          sqs.receiveMessage(
                  request ->
                      request
                          .queueUrl(from)
                          .maxNumberOfMessages(count)
                          .visibilityTimeout(SECONDS_HIDDEN)
                          .waitTimeSeconds(1))
              .messages();
      if (messages.isEmpty()) {
        return moved;
      }
      for (Message message : messages) {
        sqs.sendMessage(request -> request.queueUrl(to).messageBody(message.body()));
        sqs.deleteMessage(request -> request.queueUrl(from).receiptHandle(message.receiptHandle()));
        moved++;
      }
    }
    return moved;
  }

  private SqsQueues() {}
}
