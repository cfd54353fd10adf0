package io.sluice.gateway.http;

import io.sluice.catalog.table.DeadLetters;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.table.TableOptions.UnknownColumns;
import io.sluice.gateway.append.Appends;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.gate.ArrowStreamReader;
import io.sluice.gateway.gate.GateException;
import io.sluice.gateway.gate.GateLimits;
import io.sluice.gateway.letters.LetterBox;
import io.sluice.gateway.letters.Letters;
import io.sluice.gateway.metrics.GatewayMeters;
import io.sluice.gateway.metrics.GatewayMeters.Protocol;
import io.sluice.gateway.quota.Quotas;
import io.sluice.gateway.rows.BadRowsException;
import io.sluice.gateway.rows.RowError;
import io.sluice.gateway.rows.RowsBuilder;
import io.sluice.gateway.tables.KnownTable;
import io.sluice.gateway.tables.Tables;
import io.sluice.log.append.Appended;
import io.sluice.log.frame.WriterSequence;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** Rows in: reads a body, and answers with the rows' offsets once they are durable. */
final class AppendRoutes {

  /**
   * The bounds of a request.
   *
   * @param mostBodyBytes the most bytes of a body, as sent and once inflated
   * @param mostArrowBytes the most memory that its rows may take as Arrow
   */
  record Limits(long mostBodyBytes, long mostArrowBytes) {}

  private final Tables tables;
  private final Appends appends;
  private final GateLimits gate;
  private final BufferAllocator allocator;
  private final GatewayMeters meters;
  private final Clock clock;
  private final LetterBox letterBox;
  private final ByteBudget budget;
  private final Limits limits;

  AppendRoutes(HttpParts parts, ByteBudget budget, Limits limits) {
    this.tables = parts.tables();
    this.appends = parts.appends();
    this.gate = parts.gate();
    this.allocator = parts.allocator();
    this.meters = parts.meters();
    this.clock = parts.clock();
    this.letterBox = new LetterBox(parts.operations(), parts.appends());
    this.budget = budget;
    this.limits = limits;
  }

  /** Handles {@code POST .../rows}. */
  void append(Call call) {
    RowsRequest request = RowsRequest.parse(call);
    TableName name = call.table();
    ByteBudget.Share share = budget.share();
    RequestBody.read(call.request(), limits.mostBodyBytes(), share)
        .compose(
            body ->
                Future.fromCompletionStage(tables.known(name, request.bucket().orElse(0)))
                    .compose(known -> withinQuotas(call, known))
                    .compose(
                        known ->
                            call.vertx()
                                .executeBlocking(() -> submit(known, request, body, share), false)))
        .compose(Future::fromCompletionStage)
        .onComplete(
            appended -> {
              share.close();
              answer(call, appended);
            },
            failure -> {
              share.close();
              meters.refused(Protocol.HTTP, Problem.of(failure).code());
              Answers.failure(call.response(), failure);
            });
  }

  private Future<KnownTable> withinQuotas(Call call, KnownTable known) {
    Table table = known.table();
    Quotas quotas = appends.quotas();
    Quotas.Wait wait = quotas.requiredWait(table);
    if (wait == null) {
      return Future.succeededFuture(known);
    }
    quotas.waited(table, wait.time());
    call.response().putHeader("Retry-After", Long.toString(Problems.seconds(wait)));
    return Future.failedFuture(new ProblemException(Problems.overQuota(table.name(), wait)));
  }

  /**
   * What became of a request.
   *
   * @param deadLetters null if the table has none
   */
  private record Stored(List<Appended> appended, @Nullable SetAside deadLetters) {}

  /** What the answer says of a bucket, in this order. */
  private record Result(int bucket, long offset, long rows) {}

  /** What the answer says of dead letters, in this order. */
  private record SetAside(String table, long rows, List<RowError> errors) {}

  private static void answer(Call call, Stored stored) {
    List<Result> results =
        stored.appended().stream().map(a -> new Result(a.bucket(), a.offset(), a.rows())).toList();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("results", results);
    SetAside letters = stored.deadLetters();
    if (letters != null) {
      answer.put("accepted", results.stream().mapToLong(Result::rows).sum());
      answer.put("deadLetters", letters);
    }
    Answers.json(call.response(), 200, answer);
  }

  // Runs on a worker thread; what it returns completes when the rows are durable.
  private CompletableFuture<Stored> submit(
      KnownTable known, RowsRequest request, byte[] body, ByteBudget.Share share) throws Exception {
    byte[] plain = ContentCoding.remove(request.coding(), body, limits.mostBodyBytes(), share);
    BufferAllocator arrow = allocator.newChildAllocator("http-append", 0, limits.mostArrowBytes());
    Letters letters = new Letters(plain, request.type().mediaType(), clock.instant(), arrow);
    CompletableFuture<Stored> stored;
    try {
      stored = store(known, request, plain, letters, arrow, share);
    } catch (Exception | Error e) {
      // An Error too: without memory left, what was taken must be given back.
      stored = CompletableFuture.failedFuture(known.sure() ? e : inDoubt(known.table(), e));
    }
    return stored
        .whenComplete(
            (done, failure) -> {
              letters.close();
              arrow.close();
            })
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(told(failure)));
  }

  /** Rows that don't fit a table that may have been altered aren't known to be bad. */
  private static Throwable inDoubt(Table table, Throwable failure) {
    return failure instanceof BadRowsException
            || (failure instanceof GateException refused
                && refused.code() != GateException.Code.TOO_LARGE)
        ? new ProblemException(
            Problem.unavailable(
                "table "
                    + table.name()
                    + " can't be read again now, and the rows don't fit what was known of it: send"
                    + " them again later ("
                    + failure.getMessage()
                    + ")"))
        : failure;
  }

  private Throwable told(Throwable failure) {
    return Problem.unwrap(failure) instanceof OutOfMemoryException
        ? new ProblemException(
            Problem.tooLarge(
                "the rows take more than "
                    + limits.mostArrowBytes()
                    + " bytes of memory: split them over several requests"))
        : failure;
  }

  /*
   * The letters come first: rows are only stored, and seen, once those that were sent with them and
   * couldn't be are safe too. Whoever gets no answer, since the gateway stopped between the two,
   * sends the request again; by its key, which names a writer in either table, neither is doubled.
   */
  private CompletableFuture<Stored> store(
      KnownTable known,
      RowsRequest request,
      byte[] body,
      Letters letters,
      BufferAllocator arrow,
      ByteBudget.Share share)
      throws Exception {
    Table table = known.table();
    @Nullable String key = request.idempotencyKey();
    @Nullable WriterSequence writer =
        key == null ? null : IdempotencyKey.writer(table.id(), request.sender(), key);
    boolean aside = request.setsAside(table);
    VectorSchemaRoot rows =
        read(table, request, body, aside && known.sure() ? letters : null, arrow);
    // The rows wait as frames, of about this size, for those before them in their buckets.
    if (!share.take(arrow.getAllocatedMemory())) {
      rows.close();
      throw new ProblemException(Problems.bodiesAtLimit());
    }
    Appends.Prepared good = prepare(table, rows, writer, request.bucket(), letters);
    if (letters.count() == 0) {
      @Nullable SetAside none = aside ? setAside(table, 0, letters) : null;
      return appends.append(good).thenApply(appended -> new Stored(appended, none));
    }
    return letterBox
        .append(table, letters, writer)
        .whenComplete((count, failure) -> closeAfter(failure, good))
        .thenCompose(
            count -> {
              meters.deadLettered(table, count);
              SetAside told = setAside(table, count, letters);
              return appends.append(good).thenApply(appended -> new Stored(appended, told));
            });
  }

  private Appends.Prepared prepare(
      Table table,
      VectorSchemaRoot rows,
      @Nullable WriterSequence writer,
      OptionalInt bucket,
      Letters letters)
      throws GateException {
    try {
      return appends.prepare(table, rows, writer, bucket, true);
    } catch (GateException e) {
      throw e.errors().isEmpty() ? e : new GateException(e.code(), letters.inRequest(e.errors()));
    }
  }

  private static void closeAfter(@Nullable Throwable failure, Appends.Prepared good) {
    if (failure != null) {
      good.close();
    }
  }

  private static SetAside setAside(Table table, long rows, Letters letters) {
    return new SetAside(DeadLetters.of(table.name()).toString(), rows, letters.firstErrors());
  }

  private VectorSchemaRoot read(
      Table table,
      RowsRequest request,
      byte[] body,
      @Nullable Letters letters,
      BufferAllocator arrow)
      throws Exception {
    if (request.type() == RowsRequest.BodyType.ARROW_STREAM) {
      return ArrowStreamReader.read(table, body, arrow, gate);
    }
    boolean refuseUnknown = table.options().unknownColumns() == UnknownColumns.REJECT;
    try (RowsBuilder rows = new RowsBuilder(table.rowSchema(), refuseUnknown, arrow)) {
      if (letters != null) {
        rows.settingAside(letters, appends.mostValueBytes(table));
      }
      request.read(body, rows);
      return rows.finish();
    }
  }
}
