package io.sluice.gateway.http;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.http.RowStream.Source;
import io.sluice.gateway.read.ReadRequest;
import io.sluice.gateway.read.Reads;
import io.sluice.gateway.read.RowReader;
import io.sluice.gateway.tables.Tables;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** Rows out: answers with the rows of a table's buckets, and with those to come. */
final class ReadRoutes {

  private final Tables tables;
  private final Reads reads;
  private final BufferAllocator allocator;

  ReadRoutes(HttpParts parts) {
    this.tables = parts.tables();
    this.reads = parts.reads();
    this.allocator = parts.allocator();
  }

  /** Handles {@code GET .../rows}. */
  void read(Call call) {
    @Nullable RowFormat format = RowFormat.accepted(call.request().getHeader("Accept"));
    if (format == null) {
      throw new Refused(
          Problems.notAcceptable(
              "rows are sent as application/x-ndjson or text/event-stream; set Accept to one of"
                  + " them"));
    }
    ReadParameters parameters =
        ReadParameters.parse(
            call.context().queryParams(), call.request().getHeader("Last-Event-ID"));
    TableName name = call.table();
    CompletableFuture<Void> gone = new CompletableFuture<>();
    call.context().addEndHandler(ended -> gone.complete(null));
    Future.fromCompletionStage(
            tables.newest(name).thenCompose(table -> open(table, parameters, gone)),
            call.vertx().getOrCreateContext())
        .onComplete(
            opened -> start(call, format, parameters, opened),
            failure -> Answers.failure(call.response(), failure));
  }

  /**
   * Opens all buckets. What is open keeps rows in memory, and others may take long: once one fails,
   * or the client is gone, each that is open is closed at once, and each of the others as soon as
   * it is open.
   *
   * @param gone completes if the client goes
   */
  private CompletableFuture<Opened> open(
      Table table, ReadParameters parameters, CompletableFuture<Void> gone) {
    List<CompletableFuture<RowReader>> readers = new ArrayList<>();
    List<ReadRequest> requests = parameters.requests(table);
    requests.forEach(request -> readers.add(reads.open(table, request, false)));
    CompletableFuture<Opened> opened = new CompletableFuture<>();
    for (CompletableFuture<RowReader> reader : readers) {
      var unused =
          reader.exceptionally(
              failure -> {
                opened.completeExceptionally(Problem.unwrap(failure));
                return null;
              });
    }
    var unusedAll =
        CompletableFuture.allOf(readers.toArray(CompletableFuture<?>[]::new))
            .thenRun(() -> opened.complete(new Opened(table, sources(requests, readers))));
    var unusedGone =
        gone.thenRun(
            () ->
                opened.completeExceptionally(
                    new ProblemException(Problem.unavailable("the client is gone"))));
    return opened.whenComplete(
        (open, failure) -> {
          if (failure != null) {
            readers.forEach(ReadRoutes::closeWhenOpen);
          }
        });
  }

  private static List<Source> sources(
      List<ReadRequest> requests, List<CompletableFuture<RowReader>> readers) {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      sources.add(new Source(requests.get(i).bucket(), readers.get(i).join()));
    }
    return sources;
  }

  private static void closeWhenOpen(CompletableFuture<RowReader> reader) {
    var unused = reader.thenAccept(RowReader::close);
  }

  private void start(Call call, RowFormat format, ReadParameters parameters, Opened opened) {
    RowStream stream =
        new RowStream(
            call.vertx(),
            call.response(),
            format,
            opened.table().rowSchema(),
            allocator,
            opened.sources(),
            parameters.limit());
    stream.start(parameters.follow());
  }

  private record Opened(Table table, List<Source> sources) {}
}
