package io.sluice.compactor.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.compactor.CompactionReport;
import io.sluice.compactor.maintain.MaintenanceRound;
import io.sluice.compactor.table.CompactionException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts the tables that SQS messages name, and maintains them when that is due: {@code
 * {"database":"d","table":"t"}}. Messages for the same table are one piece of work. A message whose
 * table couldn't be compacted, or not to the end before the deadline, is answered as failed and so
 * comes again; so is one that can't be read, for the dead-letter queue. One of a table that is gone
 * is done.
 *
 * <p>An event without messages, as a schedule's, is a look at everything, within the time that the
 * function has: purges of dropped tables are finished, and each table is compacted if it has sealed
 * rows, maintained if that is due, and given the columns that its lake table has. Any number of
 * functions may do so at the same time. It fails only if it couldn't look at all: what failed for a
 * table is noted with the table.
 *
 * <p>Connections are made at the first message, from the environment variables that {@link
 * LambdaEnvironment} lists, and kept.
 */
public final class CompactorHandler implements RequestHandler<SQSEvent, SQSBatchResponse> {

  private static final Logger LOG = LoggerFactory.getLogger(CompactorHandler.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Time that a plan which is begun last needs until its result is committed. */
  private static final Duration MARGIN = Duration.ofSeconds(60);

  private final Callable<LambdaConnections> connect;
  private @Nullable LambdaConnections connections;

  /** Creates the handler as the Lambda runtime does. */
  public CompactorHandler() {
    this(() -> LambdaConnections.open(LambdaEnvironment.of(System.getenv())));
  }

  CompactorHandler(Callable<LambdaConnections> connect) {
    this.connect = connect;
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    Instant deadline = deadline(Duration.ofMillis(context.getRemainingTimeInMillis()));
    List<BatchItemFailure> failures = new ArrayList<>();
    // Null is what the runtime makes of JSON without "Records".
    List<SQSEvent.SQSMessage> records = event.getRecords();
    if (records == null) {
      lookThrough(deadline);
      return new SQSBatchResponse(failures);
    }
    Map<TableName, List<String>> messages = new LinkedHashMap<>();
    for (SQSEvent.SQSMessage message : records) {
      try {
        messages
            .computeIfAbsent(table(message.getBody()), table -> new ArrayList<>())
            .add(message.getMessageId());
      } catch (IllegalArgumentException e) {
        LOG.error("Message {} names no table: {}", message.getMessageId(), e.getMessage());
        failures.add(new BatchItemFailure(message.getMessageId()));
      }
    }
    messages.forEach(
        (table, ids) -> {
          if (!compact(table, deadline)) {
            ids.forEach(id -> failures.add(new BatchItemFailure(id)));
          }
        });
    return new SQSBatchResponse(failures);
  }

  private void lookThrough(Instant deadline) {
    try {
      LambdaConnections open = connections();
      MaintenanceRound.Looked looked =
          open.round().run(deadline, (table, until) -> compact(open, table, until));
      LOG.info("Looked through: {}", looked);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (Exception e) {
      // So that the function's own count of errors shows it.
      throw new IllegalStateException("the tables can't be looked through: " + e.getMessage(), e);
    }
  }

  private static void compact(LambdaConnections open, Table table, Instant deadline)
      throws CompactionException, InterruptedException {
    if (open.compactor().hasWork(table)) {
      CompactionReport report = open.compactor().compact(table, deadline);
      LOG.info("Compacted: {}", report);
    }
  }

  /** Keeps the margin, or half of the time if there is less. */
  private static Instant deadline(Duration left) {
    Duration half = left.dividedBy(2);
    Duration usable = left.minus(MARGIN);
    return Instant.now().plus(usable.compareTo(half) < 0 ? half : usable);
  }

  private static TableName table(String body) {
    try {
      JsonNode json = JSON.readTree(body);
      return new TableName(json.path("database").asText(), json.path("table").asText());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + body, e);
    }
  }

  /** Returns whether the table's messages are done. */
  private boolean compact(TableName name, Instant deadline) {
    if (!Instant.now().isBefore(deadline)) {
      return false;
    }
    try {
      LambdaConnections open = connections();
      Table table = open.tables().load(name);
      CompactionReport report = open.compactor().compact(table, deadline);
      LOG.info("Compacted: {}", report);
      if (report.otherColumns()) {
        var unused = open.tables().adoptColumns(name);
      }
      maintain(open, table, deadline);
      return report.lagRows() == 0 || Instant.now().isBefore(deadline);
    } catch (CatalogException e) {
      LOG.warn("Compaction of {} failed", name, e);
      return e.reason() == CatalogException.Reason.NOT_FOUND;
    } catch (CompactionException e) {
      LOG.warn("Compaction of {} failed", name, e);
      return e.reason() == CompactionException.Reason.TABLE_GONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (Exception e) {
      LOG.error("Compaction of {} failed", name, e);
      return false;
    }
  }

  /** Does what is due for a table; the message is done even if that fails. */
  private static void maintain(LambdaConnections open, Table table, Instant deadline)
      throws InterruptedException {
    if (!Instant.now().isBefore(deadline)) {
      return;
    }
    try {
      var unused = open.maintainer().maintain(table, deadline);
    } catch (CompactionException | RuntimeException e) {
      LOG.warn("Maintenance of {} failed, again with its next message", table.name(), e);
    }
  }

  private LambdaConnections connections() throws Exception {
    LambdaConnections open = connections;
    if (open == null) {
      open = connect.call();
      connections = open;
    }
    return open;
  }
}
