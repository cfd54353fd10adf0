package io.sluice.gateway.http;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.table.TableOptions.UnknownColumns;
import io.sluice.gateway.append.Appends;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.gate.ArrowStreamReader;
import io.sluice.gateway.gate.GateLimits;
import io.sluice.gateway.metrics.GatewayMeters;
import io.sluice.gateway.metrics.GatewayMeters.Protocol;
import io.sluice.gateway.rows.RowsBuilder;
import io.sluice.gateway.tables.Tables;
import io.sluice.log.append.Appended;
import io.sluice.log.frame.WriterSequence;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
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
  private final ByteBudget budget;
  private final Limits limits;

  AppendRoutes(HttpParts parts, ByteBudget budget, Limits limits) {
    this.tables = parts.tables();
    this.appends = parts.appends();
    this.gate = parts.gate();
    this.allocator = parts.allocator();
    this.meters = parts.meters();
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
                Future.fromCompletionStage(tables.table(name))
                    .compose(
                        table ->
                            call.vertx()
                                .executeBlocking(() -> submit(table, request, body, share), false)))
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

  /** What the answer says of a bucket, in this order. */
  private record Result(int bucket, long offset, long rows) {}

  private static void answer(Call call, List<Appended> appended) {
    List<Result> results =
        appended.stream().map(a -> new Result(a.bucket(), a.offset(), a.rows())).toList();
    Answers.json(call.response(), 200, Map.of("results", results));
  }

  // Runs on a worker thread; what it returns completes when the rows are durable.
  private CompletableFuture<List<Appended>> submit(
      Table table, RowsRequest request, byte[] body, ByteBudget.Share share) throws Exception {
    byte[] plain = ContentCoding.remove(request.coding(), body, limits.mostBodyBytes(), share);
    @Nullable String key = request.idempotencyKey();
    @Nullable WriterSequence writer =
        key == null ? null : IdempotencyKey.writer(table.id(), "", key);
    try (BufferAllocator arrow =
        allocator.newChildAllocator("http-append", 0, limits.mostArrowBytes())) {
      VectorSchemaRoot rows = read(table, request, plain, arrow);
      // The rows wait as frames, of about this size, for those before them in their buckets.
      if (!share.take(arrow.getAllocatedMemory())) {
        rows.close();
        throw new ProblemException(Problems.bodiesAtLimit());
      }
      return appends.append(table, rows, writer, request.bucket());
    } catch (OutOfMemoryException e) {
      throw new ProblemException(
          Problem.tooLarge(
              "the rows take more than "
                  + limits.mostArrowBytes()
                  + " bytes of memory: split them over several requests"));
    }
  }

  private VectorSchemaRoot read(
      Table table, RowsRequest request, byte[] body, BufferAllocator arrow) throws Exception {
    if (request.type() == RowsRequest.BodyType.ARROW_STREAM) {
      return ArrowStreamReader.read(table, body, arrow, gate);
    }
    boolean refuseUnknown = table.options().unknownColumns() == UnknownColumns.REJECT;
    try (RowsBuilder rows = new RowsBuilder(table.rowSchema(), refuseUnknown, arrow)) {
      request.read(body, rows);
      return rows.finish();
    }
  }
}
