package io.sluice.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.sluice.client.SluiceException.Origin;
import io.sluice.client.SluiceException.Reason;
import java.nio.charset.StandardCharsets;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.iceberg.expressions.ExpressionParser;
import org.jspecify.annotations.Nullable;

/** A reader's thread: takes batches from one DoGet call after the other, each at the owner. */
final class ReadLoop {

  private final Cluster cluster;
  private final Placement placement;
  private final ReadSpec spec;
  private final BucketReader reader;
  private final Backoff backoff;
  private final Thread thread;
  private final long to;
  private long position;
  private int fruitless;
  private volatile boolean stopped;
  private @Nullable FlightStream reading;

  ReadLoop(Cluster cluster, ReadSpec spec, long from, long to, BucketReader reader) {
    this.cluster = cluster;
    this.placement = cluster.placement(spec.table());
    this.spec = spec;
    this.position = from;
    this.to = to;
    this.reader = reader;
    this.backoff = new Backoff(cluster.settings());
    this.thread = new Thread(this::run, "sluice-reader-" + spec.table() + "-" + spec.bucket());
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void stop() {
    synchronized (this) {
      stopped = true;
      if (reading == null) {
        thread.interrupt();
      } else {
        reading.cancel("reader closed", null);
      }
    }
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      Placement.View view = placement.youngerThan(cluster.settings().callTimeout());
      while (!stopped && position < to) {
        SluiceException failure = readOnce(view.owner(spec.bucket()));
        if (failure == null || stopped) {
          continue;
        }
        if (!failure.retryable() || !backoff.mayRetry(System.nanoTime())) {
          reader.fail(failure);
          return;
        }
        backoff.pause();
        view = placement.newerThan(view);
      }
      if (!stopped) {
        reader.end();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // Unforeseen, but the consumer must not wait for rows that nobody reads any more.
      reader.fail(FlightErrors.of(e));
    }
  }

  /** Reads until the call ends; returns why it ended, or null if all was read. */
  private @Nullable SluiceException readOnce(@Nullable Endpoint owner) throws InterruptedException {
    KnownGateways known = cluster.known();
    Route route = Route.choose(owner, null, known, any -> true, System.nanoTime());
    long before = position;
    SluiceException failure;
    try (Connections.Lease lease = cluster.connections().lease(route.via())) {
      lease.connection().connectNow();
      failure = readAt(lease.connection());
    } catch (SluiceException e) {
      return e;
    }
    if (failure != null && failure.fromGateway()) {
      // It may believe itself the owner still: another one is to be asked who is.
      known.demote(route.via());
    }
    if (position > before) {
      known.reached(route.via());
      fruitless = 0;
    } else if (failure != null && failure.retryable() && !failure.fromGateway()) {
      fruitless++;
      // A connection that broke after a long wait for rows says little; a second one does.
      if (failure.notSent() || fruitless > 1) {
        known.failed(route.via(), System.nanoTime());
      }
    }
    return failure;
  }

  private @Nullable SluiceException readAt(Connection connection) throws InterruptedException {
    FlightStream stream = connection.flight().getStream(ticket());
    begin(stream);
    try {
      while (position < to) {
        reader.awaitRoom();
        if (!stream.next()) {
          return position >= to ? null : ended();
        }
        take(stream);
      }
      return null;
    } catch (SluiceException e) {
      return e;
    } catch (RuntimeException e) {
      if (stopped) {
        throw new InterruptedException("reader closed");
      }
      return FlightErrors.of(e);
    } finally {
      end(stream);
    }
  }

  /** From here to {@link #end} the thread isn't interrupted: Flight would lose the stream's end. */
  private synchronized void begin(FlightStream stream) {
    reading = stream;
    if (stopped) {
      stream.cancel("reader closed", null);
    }
  }

  private void end(FlightStream stream) {
    try {
      stream.close();
    } catch (Exception e) {
      // What ended the read is known already; draining only met it again.
    }
    synchronized (this) {
      reading = null;
    }
  }

  private SluiceException ended() {
    return new SluiceException(
        Reason.UNAVAILABLE,
        Reason.UNAVAILABLE.name(),
        "the gateway ended the read at offset " + position,
        Origin.GATEWAY,
        null);
  }

  private void take(FlightStream stream) throws SluiceException {
    VectorSchemaRoot root = stream.getRoot();
    int rows = root.getRowCount();
    ArrowBuf metadata = stream.getLatestMetadata();
    if (metadata == null || (rows == 0 && spec.wantsAllRows())) {
      return;
    }
    byte[] bytes = new byte[Math.toIntExact(metadata.readableBytes())];
    metadata.getBytes(metadata.readerIndex(), bytes);
    JsonNode place = Connection.parse("read", new String(bytes, StandardCharsets.UTF_8));
    long offset = place.path("offset").asLong(-1);
    if (offset > position) {
      passOver(Math.min(offset, to));
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

  /** No row before {@code offset} matches the filter. */
  private void passOver(long offset) throws SluiceException {
    if (spec.wantsAllRows()) {
      throw new SluiceException(
          Reason.INTERNAL,
          "the gateway left out offsets [" + position + ", " + offset + "); tell an operator");
    }
    position = offset;
    reader.passOver(offset);
    backoff.reset();
  }

  /** The stream's own root is loaded anew with each batch, so its buffers are shared, not kept. */
  private VectorSchemaRoot copy(VectorSchemaRoot root, int from, int rows) {
    if (from > 0 || rows < root.getRowCount()) {
      return root.slice(from, rows);
    }
    VectorSchemaRoot copy = VectorSchemaRoot.create(root.getSchema(), cluster.allocator());
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
    if (!spec.wantsAllRows()) {
      json.putRawValue("filter", new RawValue(ExpressionParser.toJson(spec.filter())));
    }
    return new Ticket(json.toString().getBytes(StandardCharsets.UTF_8));
  }
}
