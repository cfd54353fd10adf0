package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.append.Appends;
import io.sluice.gateway.append.BatchParts;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.gate.ArrowGate;
import io.sluice.gateway.gate.GateException;
import io.sluice.gateway.grpc.GrpcCall;
import io.sluice.log.append.Appended;
import io.sluice.log.frame.WriterSequence;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.flight.impl.Flight.PutResult;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * One stream of batches into a table. Several may be on their way; they are answered in order, and
 * the first one that fails ends the stream, once those before it were answered. All fields belong
 * to the call's event loop, but for what a worker has while {@link #busy}.
 */
final class DoPut implements GrpcCall.Input {

  // Below it a batch is checked at once: a hop to a worker would take longer.
  private static final int SMALL_BYTES = 256 << 10;

  private final GrpcCall call;
  private final FlightParts parts;
  private final BufferAllocator allocator;
  private final Caller caller;
  private final boolean forwarded;
  private final QuotaPause quotaPause;
  private final BatchParts gathered = new BatchParts();
  private final Deque<Sent> unanswered = new ArrayDeque<>();
  private final PutTable target;
  private final Runnable more;
  private OptionalInt picked = OptionalInt.empty();
  private long unansweredBytes;
  private boolean busy;
  private boolean inputEnded;
  private boolean refusing;
  private boolean ended;
  private boolean released;

  /**
   * @param caller who sends the batches, or the gateway that passes them on
   */
  DoPut(GrpcCall call, FlightParts parts, Caller caller) {
    this.call = call;
    this.parts = parts;
    this.caller = caller;
    this.forwarded = caller.forwarded();
    this.allocator = parts.streamAllocator("put");
    this.target = new PutTable(parts, allocator);
    this.more = () -> call.run(this::fetchMore);
    this.quotaPause =
        new QuotaPause(call, parts.appends().quotas(), unanswered::isEmpty, this::fetchMore);
  }

  /** A batch that isn't answered yet. */
  private record Sent(CompletableFuture<List<Appended>> appended, long bytes) {}

  @Override
  public void message(Buffer message) {
    try {
      FlightData data = FlightData.read(message);
      Table to = target.table();
      if (to == null) {
        later(target.find(data, caller, call.header(Incarnation.HEADER)), () -> takeFirst(data));
        return;
      }
      PutMetadata metadata =
          target.gate() == null
              ? PutMetadata.NONE
              : PutMetadata.read(data.appMetadata().getBytes());
      if (metadata.needsNewest(to)) {
        later(target.lookAgain(metadata.bucket().orElse(0)), () -> takeHereOrThere(data, metadata));
      } else {
        takeHereOrThere(data, metadata);
      }
    } catch (ProblemException | GateException | RuntimeException e) {
      failAfterAnswers(e);
    }
  }

  @Override
  public void end() {
    inputEnded = true;
    endIfLast();
  }

  /** What came before the end may still be looked up. */
  private void endIfLast() {
    if (!inputEnded || busy) {
      return;
    }
    if (target.gate() == null && !refusing) {
      failAfterAnswers(Json.refused("the stream ended before its schema"));
    }
    answer();
  }

  @Override
  public void cancelled() {
    finish();
  }

  /** A next step on the call's event loop. */
  private interface Step {
    void run() throws ProblemException, GateException;
  }

  /** Has no message come before what the target looks up is there, then takes the next step. */
  private void later(CompletableFuture<Runnable> found, Step next) {
    busy = true;
    var unused = found.whenComplete((set, failure) -> call.run(() -> foundOut(set, failure, next)));
  }

  private void foundOut(@Nullable Runnable set, @Nullable Throwable failure, Step next) {
    busy = false;
    if (set != null) {
      set.run();
    }
    if (ended) {
      finish();
      return;
    }
    if (set == null) {
      failAfterAnswers(failure == null ? new IllegalStateException("no table") : failure);
      return;
    }
    try {
      next.run();
    } catch (ProblemException | GateException | RuntimeException e) {
      failAfterAnswers(e);
    }
    endIfLast();
  }

  /** The message that names the table may be the schema too. */
  private void takeFirst(FlightData first) {
    if (first.header().length() > 0) {
      open(first);
    } else {
      fetchMore();
    }
  }

  private void open(FlightData schema) {
    later(target.open(schema), this::fetchMore);
  }

  private void takeHereOrThere(FlightData data, PutMetadata metadata)
      throws ProblemException, GateException {
    if (target.gate() == null && data.header().length() > 0) {
      open(data);
    } else if (target.gate() == null || bytes(data) <= SMALL_BYTES) {
      take(data, metadata);
      fetchMore();
    } else {
      takeOnWorker(data, metadata);
    }
  }

  /** Takes a message in its turn: a dictionary or rows. */
  private void take(FlightData data, PutMetadata metadata) throws ProblemException, GateException {
    if (data.header().length() == 0) {
      if (data.body().length() > 0) {
        throw Json.refused("a FlightData message has a body, but no Arrow message");
      }
      return; // Metadata alone says nothing here.
    }
    CompletableFuture<List<Appended>> appended =
        submit(requireTable(), requireGate(), data, metadata);
    if (appended != null) {
      sent(appended, bytes(data));
    }
  }

  private void takeOnWorker(FlightData data, PutMetadata metadata) {
    Table to = requireTable();
    ArrowGate open = requireGate();
    busy = true;
    long bytes = bytes(data);
    // The future of the append is boxed, so that the next message needn't wait for it.
    var unused =
        parts
            .workers()
            .call(() -> Optional.ofNullable(submit(to, open, data, metadata)))
            .whenComplete((appended, failure) -> call.run(() -> taken(appended, bytes, failure)));
  }

  @SuppressWarnings("NullableOptional") // as futures hand it on
  private void taken(
      @Nullable Optional<CompletableFuture<List<Appended>>> appended,
      long bytes,
      @Nullable Throwable failure) {
    busy = false;
    if (ended) {
      finish();
      return;
    }
    if (appended == null) {
      failAfterAnswers(failure == null ? new IllegalStateException("no answer") : failure);
      return;
    }
    appended.ifPresent(future -> sent(future, bytes));
    fetchMore();
    endIfLast();
  }

  /** Checks a message and appends its rows; null if it was a dictionary, or more must come. */
  private @Nullable CompletableFuture<List<Appended>> submit(
      Table to, ArrowGate open, FlightData data, PutMetadata metadata)
      throws ProblemException, GateException {
    if (metadata.isBetweenGateways() && !forwarded) {
      throw Json.refused("only gateways say 'more' or 'pickedOf': leave it out");
    }
    try (ArrowBuf body = ArrowMessages.copy(data.body(), allocator)) {
      Optional<VectorSchemaRoot> rows = open.accept(ArrowMessages.nio(data.header()).slice(), body);
      if (rows.isEmpty()) {
        return null;
      }
      CompletableFuture<List<Appended>> appended =
          forwarded ? gather(to, rows.get(), metadata) : append(to, rows.get(), metadata);
      return appended == null ? null : parts.inFlight().count(to.id(), appended, bytes(data));
    }
  }

  private CompletableFuture<List<Appended>> append(
      Table to, VectorSchemaRoot rows, PutMetadata metadata) {
    OptionalInt bucket = bucket(to, metadata);
    return metadata.transaction() == null
        ? parts.appends().append(to, rows, metadata.writer(), bucket)
        : parts.appends().append(to, rows, metadata.writer(), metadata.transaction(), bucket);
  }

  /** Adds to a batch that comes in several messages, and appends it once it is whole. */
  private @Nullable CompletableFuture<List<Appended>> gather(
      Table to, VectorSchemaRoot rows, PutMetadata metadata)
      throws ProblemException, GateException {
    if (metadata.bucket().isEmpty()) {
      rows.close();
      throw Json.refused("a batch that is passed on must name its bucket");
    }
    int bucket = metadata.bucket().getAsInt();
    parts.appends().gather(to, rows, bucket, gathered);
    if (metadata.more() && gathered.bytes() > parts.settings().maxBodyBytes() * 2L) {
      throw new ProblemException(
          Problem.tooLarge(
              "a batch of more than %d bytes: send smaller batches".formatted(gathered.bytes())));
    }
    return metadata.more()
        ? null
        : parts
            .appends()
            .appendForwarded(
                to,
                bucket,
                metadata.writer(),
                metadata.transaction(),
                metadata.pickedOf(),
                gathered);
  }

  /** Without a key, a stream that names no bucket stays in one, so that its order is kept. */
  private OptionalInt bucket(Table to, PutMetadata metadata) {
    WriterSequence writer = metadata.writer();
    if (metadata.bucket().isPresent() || !to.bucketKey().isEmpty() || writer != null) {
      return metadata.bucket();
    }
    if (picked.isEmpty()) {
      picked = OptionalInt.of(Appends.pick(to));
    }
    return picked;
  }

  private void sent(CompletableFuture<List<Appended>> appended, long bytes) {
    unanswered.add(new Sent(appended, bytes));
    unansweredBytes += bytes;
    var unused = appended.whenComplete((done, failure) -> call.run(this::answer));
  }

  /** Answers what is done, in order. */
  private void answer() {
    if (ended) {
      return;
    }
    while (!unanswered.isEmpty() && unanswered.peek().appended().isDone()) {
      Sent first = unanswered.poll();
      unansweredBytes -= first.bytes();
      List<Appended> appended;
      try {
        appended = first.appended().join();
      } catch (RuntimeException e) {
        fail(e);
        return;
      }
      PutResult result =
          PutResult.newBuilder()
              .setAppMetadata(ByteString.copyFrom(PutMetadata.results(appended)))
              .build();
      call.write(Buffer.buffer(result.toByteArray()));
    }
    if (inputEnded && !busy && unanswered.isEmpty()) {
      call.end();
      finish();
    } else {
      fetchMore();
    }
  }

  /** Lets the next message come, unless too much is on its way, or answers aren't read. */
  private void fetchMore() {
    if (ended || busy || refusing || inputEnded) {
      return;
    }
    boolean own =
        unansweredBytes < parts.settings().streamBytes()
            && unanswered.size() < parts.settings().log().resultsPerWriter();
    if (call.isFull()) {
      call.drained(v -> fetchMore());
    } else if (own && hasRoom() && !isOverQuota()) {
      call.fetch();
    }
  }

  /**
   * What another gateway passes on always gets a batch in: two gateways that wait for each other's
   * room would wait for ever.
   */
  private boolean hasRoom() {
    Table to = target.table();
    return unanswered.isEmpty()
        ? forwarded || to == null || parts.inFlight().hasRoomForFirst(to.id(), more)
        : parts.inFlight().hasRoom();
  }

  private boolean isOverQuota() {
    Table to = target.table();
    return to != null && !forwarded && quotaPause.holds(to);
  }

  /** Ends the stream with a failure, in its turn after the batches before it. */
  private void failAfterAnswers(Throwable failure) {
    refusing = true;
    sent(CompletableFuture.failedFuture(failure), 0);
  }

  private void fail(Throwable failure) {
    parts.report(failure);
    call.fail(Problem.of(failure));
    finish();
  }

  private void finish() {
    ended = true;
    if (busy || released) {
      return; // A worker that has the gate comes back here.
    }
    released = true;
    unanswered.clear();
    parts.inFlight().forget(more);
    target.close();
    gathered.close();
    allocator.close();
  }

  private static long bytes(FlightData data) {
    return data.header().length() + (long) data.body().length();
  }

  private Table requireTable() {
    Table open = target.table();
    if (open == null) {
      throw new IllegalStateException("no table yet");
    }
    return open;
  }

  private ArrowGate requireGate() {
    ArrowGate open = target.gate();
    if (open == null) {
      throw new IllegalStateException("no schema yet");
    }
    return open;
  }
}
