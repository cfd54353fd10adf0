package io.sluice.gateway.http;

import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.http.RowFormat.RowPlace;
import io.sluice.gateway.json.RowJson;
import io.sluice.gateway.read.ReadBatch;
import io.sluice.gateway.read.RowReader;
import io.sluice.log.read.ReadException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the rows of some buckets as one response, as fast as the client takes them. All fields
 * belong to the event loop of the response.
 *
 * <p>One batch at a time is made into JSON, on a worker thread, and written; the next one of its
 * bucket is asked for then. So at most a batch per bucket is held, and an event's id says exactly
 * what was sent of every bucket before it. A batch is written in slices, each of which is made once
 * the client has taken the one before: as JSON a batch may be some hundred times as large. Buckets
 * that end are read one after another; buckets that are followed, all at once.
 */
final class RowStream {

  private static final Logger LOG = LoggerFactory.getLogger(RowStream.class);
  private static final long HEARTBEAT_MS = 15_000;
  private static final int MOST_AHEAD_BYTES = 1 << 20;
  private static final int SLICE_BYTES = 1 << 20;

  /** One bucket of the stream. */
  record Source(int bucket, RowReader reader) {}

  /**
   * A batch that is to be written.
   *
   * @param row its first row that isn't written yet
   */
  private record Ready(Source source, ReadBatch batch, int row) {

    Ready from(int next) {
      return new Ready(source, batch, next);
    }
  }

  /**
   * Some rows as they are sent.
   *
   * @param rest what is left of the batch; null if it is over, and closed
   */
  private record Slice(Buffer text, int rows, @Nullable Ready rest) {}

  private final Vertx vertx;
  private final Context context;
  private final HttpServerResponse response;
  private final RowFormat format;
  private final Schema schema;
  private final BufferAllocator allocator;
  private final List<Source> sources;
  private final SortedMap<Integer, Long> lastOffsets = new TreeMap<>();
  private final Deque<Source> waiting = new ArrayDeque<>();
  private final Deque<Ready> ready = new ArrayDeque<>();
  private long remaining;
  private int open;
  private boolean writing;
  private boolean ended;
  private boolean quiet;
  private long timer = -1;

  /**
   * Prepares a stream; {@link #start} begins it.
   *
   * @param response its head is not sent yet
   * @param schema has the columns of the readers
   * @param sources closed by the stream
   * @param limit the most rows to send, at least 1
   */
  RowStream(
      Vertx vertx,
      HttpServerResponse response,
      RowFormat format,
      Schema schema,
      BufferAllocator allocator,
      List<Source> sources,
      long limit) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.response = response;
    this.format = format;
    this.schema = schema;
    this.allocator = allocator;
    this.sources = sources;
    this.remaining = limit;
    sources.forEach(s -> lastOffsets.put(s.bucket(), s.reader().start() - 1));
  }

  /**
   * Sends the head and begins to read.
   *
   * @param together whether all buckets are read at once, or one after another
   */
  void start(boolean together) {
    if (response.closed()) {
      release();
      return;
    }
    response.closeHandler(v -> release());
    response.exceptionHandler(e -> release());
    response
        .setChunked(true)
        .putHeader("Content-Type", format.mediaType())
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Accel-Buffering", "no");
    response.writeHead();
    String opening = format.opening(new EventId(lastOffsets));
    if (!opening.isEmpty()) {
      response.write(opening);
    }
    timer = vertx.setPeriodic(HEARTBEAT_MS, id -> beat());
    waiting.addAll(sources);
    int first = together ? sources.size() : 1;
    for (int i = 0; i < first; i++) {
      openNext();
    }
  }

  private void openNext() {
    Source next = waiting.poll();
    if (next != null) {
      open++;
      ask(next);
    }
  }

  private void ask(Source source) {
    var unused =
        source
            .reader()
            .next(MOST_AHEAD_BYTES)
            .whenComplete(
                (batch, failure) ->
                    context.runOnContext(
                        v -> {
                          if (failure == null) {
                            arrived(source, batch);
                          } else if (!ended) {
                            fail(failure);
                          }
                        }));
  }

  private void arrived(Source source, Optional<ReadBatch> batch) {
    if (ended) {
      batch.ifPresent(ReadBatch::close);
      return;
    }
    if (batch.isEmpty()) {
      source.reader().close();
      open--;
      openNext();
    } else {
      ready.add(new Ready(source, batch.get(), 0));
    }
    pump();
  }

  private void pump() {
    if (ended || writing) {
      return;
    }
    if (response.writeQueueFull()) {
      response.drainHandler(v -> pump());
      return;
    }
    Ready next = ready.poll();
    if (next == null) {
      if (open == 0) {
        finish();
      }
      return;
    }
    writing = true;
    int end = (int) Math.min(next.batch().rows(), next.row() + remaining);
    vertx
        .executeBlocking(() -> encode(next, end), false)
        .onComplete(done -> encoded(next.source(), done.result(), done.cause()));
  }

  // Runs on a worker thread. Nobody else looks at lastOffsets meanwhile.
  private Slice encode(Ready next, int end) throws ReadException {
    ReadBatch batch = next.batch();
    boolean over = true;
    // Decoded anew for each slice, or clients that don't read on would use up the Arrow memory.
    try (VectorSchemaRoot root = batch.root(allocator)) {
      RowJson json = new RowJson(schema, root);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      EventId id = new EventId(lastOffsets);
      int bucket = next.source().bucket();
      int row = next.row();
      for (; row < end && out.size() < SLICE_BYTES; row++) {
        long offset = batch.offset() + row;
        lastOffsets.put(bucket, offset);
        format.write(out, json, new RowPlace(row, bucket, offset, batch.timeMicros()), id);
      }
      Buffer text = Buffer.buffer(out.toByteArray());
      over = row == end;
      return new Slice(text, row - next.row(), over ? null : next.from(row));
    } finally {
      if (over) {
        batch.close();
      }
    }
  }

  private void encoded(Source source, @Nullable Slice slice, @Nullable Throwable failure) {
    writing = false;
    Ready rest = slice == null ? null : slice.rest();
    if (ended) {
      if (rest != null) {
        rest.batch().close();
      }
      return;
    }
    if (slice == null) {
      fail(failure == null ? new IllegalStateException("a batch gave no rows") : failure);
      return;
    }
    quiet = false;
    response.write(slice.text());
    remaining -= slice.rows();
    if (rest != null) {
      ready.addFirst(rest);
    } else if (remaining == 0) {
      finish();
      return;
    } else {
      ask(source);
    }
    pump();
  }

  private void beat() {
    if (quiet && !ended && !response.writeQueueFull() && !format.heartbeat().isEmpty()) {
      response.write(format.heartbeat());
    }
    quiet = true;
  }

  private void finish() {
    release();
    response.end();
  }

  // The head is sent: the client learns of the failure by the last line, and by the missing end.
  private void fail(Throwable failure) {
    Problem problem = Problem.of(failure);
    LOG.warn("a stream of rows failed: {}", problem.message(), failure);
    release();
    response
        .write(format.failure(Answers.errorJson(problem)))
        .onComplete(written -> response.reset());
  }

  private void release() {
    if (ended) {
      return;
    }
    ended = true;
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
    sources.forEach(source -> source.reader().close());
    ready.forEach(r -> r.batch().close());
    ready.clear();
  }
}
