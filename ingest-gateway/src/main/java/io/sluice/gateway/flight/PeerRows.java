package io.sluice.gateway.flight;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.grpc.GrpcClientCall;
import io.sluice.gateway.read.RemoteReads;
import io.sluice.log.frame.Frame;
import io.sluice.log.frame.FrameHeader;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.PlacedFrame;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * Reads a range of a bucket at the gateway that owns it. At most about 1 MiB is held ahead of who
 * reads. Fields belong to the call's event loop.
 */
final class PeerRows implements FrameCursor, GrpcClientCall.Output {

  private static final int READ_AHEAD_BYTES = 1 << 20;

  private final Table table;
  private final GrpcClientCall call;
  private final CompletableFuture<RemoteReads.Range> opened = new CompletableFuture<>();
  private final List<PlacedFrame> held = new ArrayList<>();
  private long heldBytes;
  private boolean asking = true;
  private boolean over;
  private boolean closed;
  private @Nullable Problem failure;
  private @Nullable CompletableFuture<List<PlacedFrame>> waiting;
  private volatile long position;
  private Runnable onOver = () -> {};

  /**
   * @param open begins the call
   */
  PeerRows(Table table, Function<GrpcClientCall.Output, GrpcClientCall> open) {
    this.table = table;
    this.call = open.apply(this);
  }

  /** Sends the ticket. */
  void ask(MessageLite ticket) {
    FlightPeers.ask(call, ticket);
  }

  /** Has {@code task} run once the reading is over, be it closed. */
  void whenOver(Runnable task) {
    call.run(
        () -> {
          onOver = task;
          if (over || closed) {
            task.run();
          }
        });
  }

  /** Returns the range, once the owner has said what it is. */
  CompletableFuture<RemoteReads.Range> opened() {
    return opened;
  }

  /** Breaks the reading off. Any thread may call. */
  void fail(Problem why) {
    call.run(() -> call.fail(why));
  }

  @Override
  public CompletableFuture<List<PlacedFrame>> next(int maxBytes) {
    CompletableFuture<List<PlacedFrame>> result = new CompletableFuture<>();
    call.run(
        () -> {
          waiting = result;
          answer();
        });
    return result;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void close() {
    call.run(
        () -> {
          if (!closed) {
            closed = true;
            call.cancel();
            onOver.run();
            answer();
          }
        });
  }

  @Override
  public void message(Buffer message) {
    asking = false;
    try {
      FlightData data = FlightData.read(message);
      if (opened.isDone()) {
        take(data);
      } else {
        open(data);
      }
    } catch (ProblemException e) {
      opened.completeExceptionally(e);
      call.fail(e.problem());
    } catch (IOException | RuntimeException e) {
      call.fail(Problem.unavailable("the bucket's owner can't be understood: " + e.getMessage()));
    }
    answer();
  }

  @Override
  public void ended(@Nullable Problem why) {
    over = true;
    failure = why;
    onOver.run();
    if (why != null) {
      opened.completeExceptionally(new ProblemException(why));
    }
    answer();
  }

  private void open(FlightData schema) throws IOException, ProblemException {
    if (!schema.header().equals(ArrowMessages.schema(table.arrowSchema()))) {
      throw new RemoteReads.OtherColumnsException(table.name());
    }
    JsonNode range = Json.MAPPER.readTree(schema.appMetadata().getBytes());
    long from = range.path("from").asLong(-1);
    position = from;
    opened.complete(new RemoteReads.Range(this, from, range.path("to").asLong(-1)));
  }

  private void take(FlightData data) throws IOException {
    JsonNode place = Json.MAPPER.readTree(data.appMetadata().getBytes());
    ByteBuffer header = ArrowMessages.nio(data.header()).slice();
    Message arrow = Message.getRootAsMessage(header);
    if (!(arrow.header(new RecordBatch()) instanceof RecordBatch batch)) {
      throw new IOException("a message without rows");
    }
    int rows = Math.toIntExact(batch.length());
    long time = place.path("timeMicros").asLong();
    ByteBuf bytes = Unpooled.buffer(data.header().length() + data.body().length());
    bytes.writeBytes(ArrowMessages.nio(data.header()));
    bytes.writeBytes(ArrowMessages.nio(data.body()));
    FrameHeader told = new FrameHeader(rows, table.schemaId(), 0, time, null, 0, rows);
    Frame frame = Frame.of(told, bytes, data.header().length());
    held.add(new PlacedFrame(place.path("offset").asLong(-1), time, frame));
    heldBytes += frame.bytes();
  }

  /** Gives what there is to who waits, and asks for more while little is held. */
  private void answer() {
    CompletableFuture<List<PlacedFrame>> waits = waiting;
    if (closed) {
      release();
      if (waits != null) {
        waits.completeExceptionally(
            new ProblemException(Problem.unavailable("the reading was closed")));
      }
      return;
    }
    if (waits != null && !held.isEmpty()) {
      List<PlacedFrame> frames = List.copyOf(held);
      held.clear();
      heldBytes = 0;
      position = frames.get(frames.size() - 1).endOffset();
      give(waits, frames);
    } else if (waits != null && over) {
      Problem why = failure;
      waiting = null;
      if (why == null) {
        waits.complete(List.of());
      } else {
        waits.completeExceptionally(new ProblemException(why));
      }
    }
    if (!over && !asking && heldBytes < READ_AHEAD_BYTES) {
      asking = true;
      call.fetch();
    }
  }

  private void give(CompletableFuture<List<PlacedFrame>> waits, List<PlacedFrame> frames) {
    waiting = null;
    if (!waits.complete(frames)) {
      frames.forEach(PlacedFrame::release);
    }
  }

  private void release() {
    held.forEach(PlacedFrame::release);
    held.clear();
    heldBytes = 0;
  }
}
