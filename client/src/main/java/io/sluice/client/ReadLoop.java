package io.sluice.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.sluice.client.SluiceException.Origin;
import io.sluice.client.SluiceException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.expressions.ExpressionParser;
import org.jspecify.annotations.Nullable;

/**
 * A reader's thread: makes one DoGet call after the other, each at the owner. What they bring goes
 * to the reader from the connection's thread, without this one's waking.
 */
final class ReadLoop implements GetStream.Sink {

  private final Cluster cluster;
  private final Placement placement;
  private final ReadSpec spec;
  private final BucketReader reader;
  private final Backoff backoff;
  private final Thread thread;
  private final long to;
  private int fruitless;
  private volatile long position;
  private volatile @Nullable Schema columns;

  /** Which log the offsets are of, once it is known: no other may go on with them. */
  private volatile @Nullable String incarnation;

  private volatile boolean stopped;
  private volatile @Nullable GetStream reading;

  /** Whether the present call was opened, and when, of {@link System#nanoTime}. */
  private volatile boolean open;

  private volatile long openedNanos;

  ReadLoop(Cluster cluster, ReadSpec spec, long from, long to, BucketReader reader) {
    this.cluster = cluster;
    this.placement = cluster.placement(spec.table());
    this.spec = spec;
    this.position = from;
    this.incarnation = spec.incarnation() == null ? null : spec.incarnation().toString();
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
      GetStream current = reading;
      if (current == null) {
        thread.interrupt();
      } else {
        current.cancel("reader closed");
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
    } catch (RuntimeException | Error e) {
      // Unforeseen, but the consumer must not wait for rows that nobody reads any more.
      reader.fail(FlightErrors.of(e));
    }
  }

  /** Reads until the call ends; returns why it ended, or null if all was read. */
  private @Nullable SluiceException readOnce(@Nullable Endpoint owner) throws InterruptedException {
    KnownGateways known = cluster.known();
    Route route = Route.choose(owner, null, known, any -> true, System.nanoTime());
    long before = position;
    open = false;
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
    boolean lasted = wasQuiet(failure) && backoff.lasted(System.nanoTime() - openedNanos);
    if (lasted) {
      // In a quiet bucket no rows may come for days, of which no failure is to be counted.
      backoff.reset();
    }
    if (lasted || position > before) {
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

  /**
   * Returns whether the call may have had nothing to bring for as long as it was there: it follows
   * a bucket, and its gateway didn't fail to read it, which takes its time as well.
   */
  private boolean wasQuiet(@Nullable SluiceException failure) {
    boolean unread =
        failure != null && failure.fromGateway() && failure.code().equals("UNAVAILABLE");
    return open && to == Long.MAX_VALUE && !unread;
  }

  private @Nullable SluiceException readAt(Connection connection) throws InterruptedException {
    byte[] ticket = ticket();
    GetStream stream = GetStream.open(connection, incarnation, this);
    begin(stream, ticket);
    try {
      SluiceException failure = stream.awaitEnd();
      if (failure != null && stopped) {
        throw new InterruptedException("reader closed");
      }
      return failure == null && position < to ? ended() : failure;
    } finally {
      end();
    }
  }

  /**
   * From here to {@link #end} the thread isn't interrupted: the call must have ended first. No rows
   * come before the call is known here, or a consumer that has taken them couldn't ask for more.
   */
  private synchronized void begin(GetStream stream, byte[] ticket) {
    reading = stream;
    if (stopped) {
      stream.cancel("reader closed");
    } else {
      stream.send(ticket);
    }
  }

  private synchronized void end() {
    reading = null;
  }

  /** The consumer has taken much of what was there. */
  void goOn() {
    GetStream current = reading;
    long room = reader.room();
    // What still comes asks for more by itself; to begin anew costs the connection's thread a wake.
    if (current != null && room >= spec.prefetchBytes() / 2) {
      current.fetch(room);
    }
  }

  @Override
  public long room() {
    return reader.room();
  }

  private SluiceException ended() {
    return new SluiceException(
        Reason.UNAVAILABLE,
        Reason.CLOSED.name(),
        "the gateway ended the read at offset " + position,
        Origin.GATEWAY,
        null);
  }

  @Override
  public void of(String log) {
    incarnation = log;
  }

  /** A table's columns may change between two calls; a reader's don't. */
  @Override
  public void opened(Schema schema) throws SluiceException {
    Schema before = columns;
    if (before == null) {
      columns = schema;
    } else if (!before.equals(schema)) {
      throw new SluiceException(
          Reason.SCHEMA_CHANGED,
          "the columns changed from "
              + before.getFields()
              + " to "
              + schema.getFields()
              + ": open another reader from offset "
              + position
              + " on");
    }
    openedNanos = System.nanoTime();
    open = true;
  }

  @Override
  public void arrived(Schema schema, InboundRows message) throws SluiceException {
    boolean kept = false;
    try {
      kept = take(schema, message);
    } finally {
      if (!kept) {
        message.close();
      }
    }
  }

  /** Returns whether the rows were taken over. */
  private boolean take(Schema schema, InboundRows message) throws SluiceException {
    int rows = message.rows();
    if (message.metadata().isEmpty() || (rows == 0 && spec.wantsAllRows())) {
      return false;
    }
    JsonNode place = Connection.parse("read", message.metadata());
    long offset = place.path("offset").asLong(-1);
    if (offset > position) {
      passOver(Math.min(offset, to));
    }
    long first = position;
    long end = Math.min(offset + rows, to);
    if (end <= first) {
      return false;
    }
    int skip = Math.toIntExact(first - offset);
    // The connection's memory must be free when it closes, be what it brought taken or not.
    InboundRows kept = message.moveTo(cluster.allocator());
    position = end;
    reader.offer(
        new ReadAhead(
            first,
            place.path("timeMicros").asLong(),
            schema,
            kept,
            skip,
            Math.toIntExact(end - first)));
    backoff.reset();
    return true;
  }

  /** Columns that were added meanwhile aren't for a reader that began without them. */
  private List<String> wanted() {
    Schema before = columns;
    return !spec.columns().isEmpty() || before == null
        ? spec.columns()
        : before.getFields().stream().map(Field::getName).toList();
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

  private byte[] ticket() {
    ObjectNode json = Answers.named(spec.table()).put("bucket", spec.bucket());
    json.put("from", position).put("follow", spec.follow());
    if (to != Long.MAX_VALUE) {
      json.put("to", to);
    }
    List<String> wanted = wanted();
    if (!wanted.isEmpty()) {
      ArrayNode names = json.putArray("columns");
      wanted.forEach(names::add);
    }
    if (!spec.wantsAllRows()) {
      json.putRawValue("filter", new RawValue(ExpressionParser.toJson(spec.filter())));
    }
    return FlightMethods.ticket(json.toString().getBytes(StandardCharsets.UTF_8));
  }
}
