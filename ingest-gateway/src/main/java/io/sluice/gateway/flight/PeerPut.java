package io.sluice.gateway.flight;

import com.google.protobuf.InvalidProtocolBufferException;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.grpc.GrpcCall;
import io.sluice.gateway.grpc.GrpcClientCall;
import io.sluice.log.append.Appended;
import io.sluice.log.append.RowBatch;
import io.sluice.log.frame.FrameRows;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.arrow.flight.impl.Flight;
import org.jspecify.annotations.Nullable;

/**
 * A stream of one bucket's batches to the gateway that owns it. Each frame is a message of its own;
 * all but a batch's last say that more of it comes. Answers come in order. Fields belong to the
 * call's event loop.
 */
final class PeerPut implements GrpcClientCall.Output {

  private final int bucket;
  private final int bucketCount;
  private final Consumer<PeerPut> onOver;
  private final GrpcClientCall call;
  private final Deque<CompletableFuture<Appended>> unanswered = new ArrayDeque<>();
  private @Nullable Problem over;
  private boolean used;

  /**
   * @param open begins the call
   * @param onOver told of this stream when it takes nothing more, and perhaps again when it ends:
   *     its successor may be open by then
   */
  PeerPut(
      Table table,
      int bucket,
      Function<GrpcClientCall.Output, GrpcClientCall> open,
      Consumer<PeerPut> onOver) {
    this.bucket = bucket;
    this.bucketCount = table.bucketCount();
    this.onOver = onOver;
    this.call = open.apply(this);
    Buffer schema = opening(table);
    call.run(() -> call.write(schema));
  }

  /**
   * Sends a batch, which is taken over. Any thread may call.
   *
   * @param picked whether a gateway picked the bucket of a batch with a name
   */
  CompletableFuture<Appended> append(RowBatch batch, boolean picked) {
    OptionalInt pickedOf = picked ? OptionalInt.of(bucketCount) : OptionalInt.empty();
    CompletableFuture<Appended> answer = new CompletableFuture<>();
    call.run(() -> send(batch, pickedOf, answer));
    return answer;
  }

  /** Ends the stream if nothing was sent since the last call. Any thread may call. */
  void endIfIdle() {
    call.run(
        () -> {
          if (!used && unanswered.isEmpty() && over == null) {
            over = Problem.unavailable("the stream to the bucket's owner was idle: try again");
            onOver.accept(this);
            call.end();
          }
          used = false;
        });
  }

  /** Breaks the stream off. Any thread may call. */
  void fail(Problem why) {
    call.run(() -> call.fail(why));
  }

  private void send(RowBatch batch, OptionalInt pickedOf, CompletableFuture<Appended> answer) {
    try {
      Problem why = over;
      if (why != null) {
        answer.completeExceptionally(new ProblemException(why));
        return;
      }
      used = true;
      unanswered.add(answer);
      for (Iterator<FrameRows> frames = batch.frames().iterator(); frames.hasNext(); ) {
        FrameRows frame = frames.next();
        byte[] metadata = PutMetadata.forwarded(bucket, batch, frames.hasNext(), pickedOf);
        call.write(
            FlightData.write(
                BufferInternal.buffer(frame.message().duplicate()),
                Buffer.buffer(metadata),
                BufferInternal.buffer(frame.body().duplicate())));
      }
    } finally {
      batch.release();
    }
  }

  @Override
  public void message(Buffer message) {
    CompletableFuture<Appended> answer = unanswered.poll();
    if (answer == null) {
      call.fail(Problem.unavailable("the bucket's owner answered without being asked"));
      return;
    }
    try {
      Flight.PutResult result = Flight.PutResult.parseFrom(message.getBytes());
      Appended appended = PutMetadata.result(result.getAppMetadata().toByteArray());
      answer.complete(appended);
    } catch (InvalidProtocolBufferException e) {
      malformed(answer, e);
    } catch (IOException e) {
      malformed(answer, e);
    }
    call.fetch();
  }

  private void malformed(CompletableFuture<Appended> answer, IOException cause) {
    Problem problem =
        Problem.unavailable("the bucket's owner can't be understood: " + cause.getMessage());
    answer.completeExceptionally(new ProblemException(problem));
    call.fail(problem);
  }

  /**
   * Batches of many writers share the stream. The owner says what is wrong with the oldest that it
   * didn't answer; to all others that means no more than that the stream is over. Told the same, a
   * writer would give up for another one's mistake, or for an old attempt of its own.
   */
  @Override
  public void ended(@Nullable Problem failure) {
    over = Problem.unavailable("the stream to the bucket's owner is over: try again");
    onOver.accept(this);
    CompletableFuture<Appended> oldest = unanswered.poll();
    if (oldest != null) {
      oldest.completeExceptionally(new ProblemException(failure == null ? over : failure));
    }
    ProblemException why = new ProblemException(over);
    unanswered.forEach(answer -> answer.completeExceptionally(why));
    unanswered.clear();
  }

  private static Buffer opening(Table table) {
    Buffer rest =
        FlightData.write(
            ArrowMessages.schema(table.arrowSchema()),
            Buffer.buffer(PutMetadata.opening(table.schemaId())),
            Buffer.buffer());
    byte[] descriptor =
        Flight.FlightData.newBuilder()
            .setFlightDescriptor(Descriptors.of(table.name()))
            .build()
            .toByteArray();
    // A message's fields may come in any order, so that two messages make one.
    Buffer fields = rest.slice(GrpcCall.PREFIX_BYTES, rest.length());
    return GrpcCall.frame(descriptor.length + fields.length())
        .appendBytes(descriptor)
        .appendBuffer(fields);
  }
}
