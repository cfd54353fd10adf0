package io.sluice.gateway.http;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.errors.Problem;
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
    Future.fromCompletionStage(
            tables.newest(name).thenCompose(table -> open(table, parameters)),
            call.vertx().getOrCreateContext())
        .onComplete(
            opened -> start(call, format, parameters, opened),
            failure -> Answers.failure(call.response(), failure));
  }

  private CompletableFuture<Opened> open(Table table, ReadParameters parameters) {
    List<CompletableFuture<RowReader>> readers = new ArrayList<>();
    List<ReadRequest> requests = parameters.requests(table);
    requests.forEach(request -> readers.add(reads.open(table, request, false)));
    CompletableFuture<Opened> opened = new CompletableFuture<>();
    var unused =
        CompletableFuture.allOf(readers.toArray(CompletableFuture<?>[]::new))
            .whenComplete(
                (done, failure) -> {
                  if (failure == null) {
                    opened.complete(new Opened(table, sources(requests, readers)));
                  } else {
                    readers.forEach(ReadRoutes::closeWhenOpen);
                    opened.completeExceptionally(Problem.unwrap(failure));
                  }
                });
    return opened;
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
