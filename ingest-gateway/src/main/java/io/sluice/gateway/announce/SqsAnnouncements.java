package io.sluice.gateway.announce;

import io.sluice.catalog.compaction.Announcement;
import io.sluice.catalog.compaction.CompactionRequests;
import io.sluice.catalog.compaction.QueueStatus;
import io.sluice.catalog.table.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;

/**
 * Asks the compactor's function for compaction, through a queue of SQS. Requests wait in memory for
 * a moment, those for the same table as one, and are sent on another thread. Thread-safe.
 */
public final class SqsAnnouncements implements CompactionRequests, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SqsAnnouncements.class);

  private final AnnounceSettings settings;
  private final SqsClient sqs;
  private final Announcer announcer;
  private final ExecutorService looks =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "sluice-dead-messages");
            thread.setDaemon(true);
            return thread;
          });

  private SqsAnnouncements(AnnounceSettings settings, SqsClient sqs) {
    this.settings = settings;
    this.sqs = sqs;
    this.announcer = new Announcer(this::send, settings.pause(), settings.mostWaiting());
  }

  /**
   * Starts with AWS's default chains for region, credentials and endpoint.
   *
   * @throws software.amazon.awssdk.core.exception.SdkException if no region is known
   */
  public static SqsAnnouncements start(AnnounceSettings settings) {
    SqsAnnouncements announcements =
        new SqsAnnouncements(settings, SqsQueues.client(settings.queueUrl()));
    var unused = announcements.announcer.start();
    return announcements;
  }

  @Override
  public void request(TableName table) {
    announcer.announce(table);
  }

  /** Returns how many announcements were sent. */
  public long sent() {
    return announcer.sent();
  }

  /** Returns how many calls of SQS failed, in whole or in part; they are made again. */
  public long failures() {
    return announcer.failures();
  }

  /** Returns how many tables were left to the schedule because too many waited. */
  public long dropped() {
    return announcer.dropped();
  }

  /** Returns how many tables wait to be announced. */
  public long waiting() {
    return announcer.waiting();
  }

  @Override
  public CompletableFuture<Optional<QueueStatus>> queue() {
    if (settings.deadQueueUrl().isEmpty()) {
      return CompletableFuture.completedFuture(
          Optional.of(new QueueStatus(settings.queueUrl(), null, null, null)));
    }
    return CompletableFuture.supplyAsync(() -> Optional.of(look()), looks);
  }

  private QueueStatus look() {
    String dead = settings.deadQueueUrl();
    try {
      return new QueueStatus(settings.queueUrl(), dead, SqsQueues.messages(sqs, dead), null);
    } catch (RuntimeException e) {
      return new QueueStatus(settings.queueUrl(), dead, null, String.valueOf(e.getMessage()));
    }
  }

  private List<TableName> send(List<TableName> tables) {
    List<SendMessageBatchRequestEntry> entries = new ArrayList<>();
    for (int i = 0; i < tables.size(); i++) {
      entries.add(
          SendMessageBatchRequestEntry.builder()
              .id(Integer.toString(i))
              .messageBody(new Announcement(tables.get(i)).encode())
              .build());
    }
    SendMessageBatchResponse answer =
        sqs.sendMessageBatch(
            request -> request.queueUrl(settings.queueUrl()).entries(entries).build());
    List<TableName> failed = new ArrayList<>();
    for (BatchResultErrorEntry entry : answer.failed()) {
      TableName table = tables.get(Integer.parseInt(entry.id()));
      LOG.warn("The announcement of {} was refused: {} {}", table, entry.code(), entry.message());
      failed.add(table);
    }
    return failed;
  }

  @Override
  public void close() {
    announcer.close();
    looks.shutdownNow();
    sqs.close();
  }
}
