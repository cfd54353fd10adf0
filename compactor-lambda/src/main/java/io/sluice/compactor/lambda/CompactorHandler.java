package io.sluice.compactor.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.compactor.CompactionReport;
import io.sluice.compactor.lambda.FunctionMetrics.Metric;
import io.sluice.compactor.maintain.MaintenanceRound;
import io.sluice.compactor.table.CompactionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Compacts the tables that SQS messages name, and maintains them when that is due; an {@link
 * io.sluice.catalog.compaction.Announcement} says what a message looks like. Messages for the same
 * table are one piece of work, and the tables of an event share its time.
 *
 * <p>A message whose table couldn't be compacted, or not be begun before the deadline, is answered
 * as failed and so comes again; so is one that can't be read, for the dead-letter queue. One of a
 * table that is gone is done. So is one of a table that got rows into the lake and has more: it
 * isn't at fault, and the schedule goes on with it.
 *
 * <p>An event without messages, as a schedule's, is a look at everything, within the time that the
 * function has: purges of dropped tables are finished, and each table is compacted if it has sealed
 * rows, maintained if that is due, and given the columns that its lake table has. Any number of
 * functions may do so at the same time. It fails only if it couldn't look at all: what failed for a
 * table is noted with the table.
 *
 * <p>Connections are made at the first message, from the environment variables that {@link
 * LambdaEnvironment} lists, and kept. Events are read as JSON, as the runtime's own mapping to
 * objects would be a fifth of what a start loads, for a message's id and its body.
 */
public final class CompactorHandler implements RequestStreamHandler {

  private static final Logger LOG = LoggerFactory.getLogger(CompactorHandler.class);

  /** What one table's turn came to. */
  private enum Turn {
    /** Nothing is left to be done. */
    DONE,
    /** Time was over, after rows came into the lake. */
    MORE,
    /** It failed, or time was over before anything was done. */
    AGAIN
  }

  private final LambdaConnections.Opener connect;
  private final Runnable before;
  private final String cluster;
  private final Consumer<String> out;
  private Duration run = Duration.ZERO;
  private @Nullable LambdaConnections connections;

  /** Creates the handler as the Lambda runtime does. */
  public CompactorHandler() {
    this(FunctionSecrets.of(System.getenv()));
  }

  private CompactorHandler(FunctionSecrets secrets) {
    this(
        run ->
            LambdaConnections.open(
                LambdaEnvironment.of(secrets.files(System.getenv(), Instant.now())), run),
        () -> secrets.refresh(Instant.now()),
        LambdaEnvironment.cluster(System.getenv()),
        System.out::println);
  }

  /**
   * @param out takes lines of metrics
   */
  CompactorHandler(LambdaConnections.Opener connect, String cluster, Consumer<String> out) {
    this(connect, () -> {}, cluster, out);
  }

  /**
   * @param before what is done before an invocation's work
   * @param out takes lines of metrics
   */
  CompactorHandler(
      LambdaConnections.Opener connect, Runnable before, String cluster, Consumer<String> out) {
    this.connect = connect;
    this.before = before;
    this.cluster = cluster;
    this.out = out;
  }

  /**
   * Answers one event.
   *
   * @param input the event, as JSON
   * @param output gets {@code batchItemFailures}, as a mapping with {@code ReportBatchItemFailures}
   *     expects it; of an event without messages it is empty
   * @throws IllegalArgumentException if the event is neither of a queue nor of a schedule
   * @throws IllegalStateException if an event without messages found that it can't look at tables
   */
  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    MDC.put("requestId", context.getAwsRequestId());
    FunctionMetrics metrics = new FunctionMetrics();
    run = Duration.ofMillis(context.getRemainingTimeInMillis());
    Instant deadline = TableTimes.deadline(Instant.now(), run);
    try {
      before.run();
      Optional<Messages> messages = FunctionEvents.read(input);
      List<String> failures = new ArrayList<>();
      if (messages.isPresent()) {
        failures = failed(messages.get(), deadline, metrics);
      } else {
        lookThrough(deadline, metrics);
      }
      FunctionEvents.answer(failures, output);
    } finally {
      if (!metrics.isEmpty()) {
        out.accept(metrics.line(cluster, Instant.now()));
      }
      MDC.remove("requestId");
    }
  }

  /** Does what messages ask for, and returns the ids of those that are to come again. */
  private List<String> failed(Messages messages, Instant deadline, FunctionMetrics metrics) {
    List<String> failures = new ArrayList<>();
    messages
        .unread()
        .forEach(
            (id, why) -> {
              LOG.error("Message {} can't be read: {}", id, why);
              metrics.add(Metric.UNREAD, 1);
              failures.add(id);
            });
    Set<TableName> again = compact(messages.byTable().keySet(), deadline, metrics);
    messages
        .byTable()
        .forEach(
            (table, ids) -> {
              if (again.contains(table)) {
                failures.addAll(ids);
              }
            });
    return failures;
  }

  /** Gives each table its turn, and what time is left to those that have more; returns the rest. */
  private Set<TableName> compact(Set<TableName> tables, Instant deadline, FunctionMetrics metrics) {
    Set<TableName> again = new HashSet<>();
    Set<TableName> begun = new HashSet<>();
    List<TableName> waiting = new ArrayList<>(tables);
    while (!waiting.isEmpty() && Instant.now().isBefore(deadline)) {
      List<TableName> more = new ArrayList<>();
      for (int i = 0; i < waiting.size() && Instant.now().isBefore(deadline); i++) {
        TableName name = waiting.get(i);
        Instant until = TableTimes.share(Instant.now(), deadline, waiting.size() - i);
        Turn turn = compact(name, until, metrics);
        begun.add(name);
        if (turn == Turn.MORE) {
          more.add(name);
        } else if (turn == Turn.AGAIN) {
          again.add(name);
        }
      }
      waiting = more;
    }
    for (TableName name : tables) {
      if (!begun.contains(name)) {
        again.add(name);
      } else if (waiting.contains(name)) {
        LOG.info("Rows of {} are left to the schedule", name);
        metrics.add(Metric.UNFINISHED, 1);
      }
    }
    return again;
  }

  private void lookThrough(Instant deadline, FunctionMetrics metrics) {
    try {
      LambdaConnections open = connections(metrics);
      MaintenanceRound.Looked looked =
          open.round().run(deadline, (table, until) -> compact(open, table, until, metrics));
      LOG.info("Looked through: {}", looked);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (Exception e) {
      // So that the function's own count of errors shows it.
      throw new IllegalStateException("the tables can't be looked through: " + e.getMessage(), e);
    }
  }

  private static void compact(
      LambdaConnections open, Table table, Instant deadline, FunctionMetrics metrics)
      throws CompactionException, InterruptedException {
    if (open.compactor().hasWork(table)) {
      var unused = compacted(open, table, deadline, metrics);
    }
  }

  private static CompactionReport compacted(
      LambdaConnections open, Table table, Instant deadline, FunctionMetrics metrics)
      throws CompactionException, InterruptedException {
    try {
      CompactionReport report = open.compactor().compact(table, deadline);
      LOG.info("Compacted: {}", report);
      metrics.add(Metric.ROWS, report.rows());
      metrics.add(Metric.BYTES, report.bytes());
      metrics.add(Metric.COMMITS, report.commits());
      return report;
    } catch (CompactionException | RuntimeException | OutOfMemoryError | LinkageError e) {
      metrics.add(Metric.FAILED, 1);
      throw e;
    }
  }

  private Turn compact(TableName name, Instant until, FunctionMetrics metrics) {
    try {
      LambdaConnections open = connections(metrics);
      Table table = open.tables().load(name);
      CompactionReport report = compacted(open, table, until, metrics);
      if (report.otherColumns()) {
        var unused = open.tables().adoptColumns(name);
      }
      maintain(open, table, until);
      if (report.lagRows() == 0 || Instant.now().isBefore(until)) {
        // With rows and time left, others are at them, or they wait for more: what tells of that,
        // or the schedule, has them compacted. A function that waits costs as one that works.
        return Turn.DONE;
      }
      return report.commits() > 0 ? Turn.MORE : Turn.AGAIN;
    } catch (CatalogException e) {
      LOG.warn("Compaction of {} failed", name, e);
      return e.reason() == CatalogException.Reason.NOT_FOUND ? Turn.DONE : Turn.AGAIN;
    } catch (CompactionException e) {
      LOG.warn("Compaction of {} failed", name, e);
      return e.reason() == CompactionException.Reason.TABLE_GONE ? Turn.DONE : Turn.AGAIN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Turn.AGAIN;
    } catch (Exception | OutOfMemoryError | LinkageError e) {
      // One table's must not fail the messages of others.
      LOG.error("Compaction of {} failed", name, e);
      return Turn.AGAIN;
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
    } catch (CompactionException | RuntimeException | OutOfMemoryError | LinkageError e) {
      LOG.warn("Maintenance of {} failed, again with its next message", table.name(), e);
    }
  }

  private LambdaConnections connections(FunctionMetrics metrics) throws Exception {
    LambdaConnections open = connections;
    if (open == null) {
      open = connect.open(run);
      connections = open;
      ProcessHandle.current()
          .info()
          .startInstant()
          .ifPresent(
              start ->
                  metrics.add(Metric.START, Duration.between(start, Instant.now()).toMillis()));
    }
    return open;
  }
}
