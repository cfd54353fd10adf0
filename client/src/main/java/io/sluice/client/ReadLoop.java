package io.sluice.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.client.SluiceException.Reason;
import java.nio.charset.StandardCharsets;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.jspecify.annotations.Nullable;

/** A reader's thread: takes batches from one DoGet call after the other. */
final class ReadLoop {

  private final Connection connection;
  private final ReadSpec spec;
  private final BucketReader reader;
  private final Backoff backoff;
  private final Thread thread;
  private final long to;
  private long position;
  private volatile boolean stopped;

  ReadLoop(Connection connection, ReadSpec spec, long from, long to, BucketReader reader) {
    this.connection = connection;
    this.spec = spec;
    this.position = from;
    this.to = to;
    this.reader = reader;
    this.backoff = new Backoff(connection.settings());
    this.thread = new Thread(this::run, "sluice-reader-" + spec.table() + "-" + spec.bucket());
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void stop() {
    stopped = true;
    thread.interrupt();
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!stopped && position < to) {
        SluiceException failure = readOnce();
        if (failure == null || stopped) {
          continue;
        }
        if (!failure.retryable() || !backoff.mayRetry(System.nanoTime())) {
          reader.fail(failure);
          return;
        }
        backoff.pause();
        connection.connectNow();
      }
      if (!stopped) {
        reader.end();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads until the call ends; returns why it ended, or null if all was read. */
  private @Nullable SluiceException readOnce() throws InterruptedException {
    FlightStream stream = connection.flight().getStream(ticket());
    try {
      while (position < to) {
        reader.awaitRoom();
        if (!stream.next()) {
          return position >= to
              ? null
              : new SluiceException(
                  Reason.UNAVAILABLE, "the gateway ended the read at offset " + position);
        }
        take(stream);
      }
      return null;
    } catch (SluiceException e) {
      return e;
    } catch (RuntimeException e) {
      if (stopped || Thread.interrupted()) {
        throw new InterruptedException("reader closed");
      }
      return FlightErrors.of(e);
    } finally {
      close(stream);
    }
  }

  private void take(FlightStream stream) throws SluiceException {
    VectorSchemaRoot root = stream.getRoot();
    int rows = root.getRowCount();
    ArrowBuf metadata = stream.getLatestMetadata();
    if (rows == 0 || metadata == null) {
      return;
    }
    byte[] bytes = new byte[Math.toIntExact(metadata.readableBytes())];
    metadata.getBytes(metadata.readerIndex(), bytes);
    JsonNode place = Connection.parse("read", new String(bytes, StandardCharsets.UTF_8));
    long offset = place.path("offset").asLong(-1);
    if (offset > position) {
      throw new SluiceException(
          Reason.INTERNAL,
          "the gateway left out offsets [" + position + ", " + offset + "); tell an operator");
    }
    long skip = position - offset;
    long end = Math.min(offset + rows, to);
    if (end <= position) {
      return;
    }
    VectorSchemaRoot copy = copy(root, Math.toIntExact(skip), Math.toIntExact(end - position));
    reader.offer(new ReadBatch(position, place.path("timeMicros").asLong(), copy));
    position = end;
    backoff.reset();
  }

  /** The stream's own root is loaded anew with each batch, so its buffers are shared, not kept. */
  private VectorSchemaRoot copy(VectorSchemaRoot root, int from, int rows) {
    if (from > 0 || rows < root.getRowCount()) {
      return root.slice(from, rows);
    }
    VectorSchemaRoot copy = VectorSchemaRoot.create(root.getSchema(), connection.allocator());
    try (ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
      new VectorLoader(copy).load(batch);
    }
    return copy;
  }

  private Ticket ticket() {
    ObjectNode json = Answers.named(spec.table()).put("bucket", spec.bucket());
    json.put("from", position).put("follow", spec.follow());
    if (to != Long.MAX_VALUE) {
      json.put("to", to);
    }
    if (!spec.columns().isEmpty()) {
      ArrayNode columns = json.putArray("columns");
      spec.columns().forEach(columns::add);
    }
    return new Ticket(json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void close(FlightStream stream) {
    boolean interrupted = false;
    boolean closed = false;
    while (!closed) {
      interrupted |= Thread.interrupted();
      try {
        stream.close();
        closed = true;
      } catch (Exception e) {
        // An interrupt breaks off the draining before anything is released: that is done again.
        // Otherwise, what ended the read is known already; draining only met it again.
        closed = !(e.getCause() instanceof InterruptedException);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
