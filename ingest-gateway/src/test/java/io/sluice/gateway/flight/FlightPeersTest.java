package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netty.buffer.Unpooled;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.table.TableOptions;
import io.sluice.gateway.cluster.Membership;
import io.sluice.gateway.cluster.Peer;
import io.sluice.gateway.grpc.GrpcCall;
import io.sluice.gateway.tls.Tls;
import io.sluice.gateway.tls.TlsSettings;
import io.sluice.log.append.Appended;
import io.sluice.log.append.RowBatch;
import io.sluice.log.frame.FrameRows;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.impl.Flight.PutResult;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a gateway passes on to another one, which is a fake here. */
@Timeout(120)
class FlightPeersTest {

  private static final int SECONDS = 30;

  // One event loop, so that what the owner sends is seen in its order, also by several calls.
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final InMemoryMetadataStore metadata = new InMemoryMetadataStore();
  private final FlightPeers peers =
      new FlightPeers(
          vertx,
          new Membership(metadata, "gateway-a"),
          "secret",
          Tls.open(vertx, TlsSettings.DEFAULT));
  private final List<Stream> streams = new CopyOnWriteArrayList<>();
  private final Table table = table();

  @SuppressWarnings("NullAway.Init")
  private Peer owner;

  @BeforeEach
  void start() throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  GrpcCall call = GrpcCall.of(vertx, request, 1 << 20);
                  Stream stream = new Stream(call);
                  streams.add(stream);
                  call.read(stream);
                });
    int port = get(server.listen(0, "127.0.0.1")).actualPort();
    owner = new Peer("gateway-b", "127.0.0.1", port);
  }

  @AfterEach
  void stop() throws Exception {
    get(vertx.close());
    metadata.close();
  }

  @Test
  void theLateEndOfAnIdleStreamLeavesItsSuccessorInUse() throws Exception {
    get(append());
    peers.endIdle();
    peers.endIdle();
    Stream idle = streams.get(0);
    get(idle.inputEnded);
    get(append());
    Stream successor = streams.get(1);

    successor.silent = true;
    CompletableFuture<Appended> asked = append();
    get(successor.asked);
    idle.call.run(idle.call::end);
    successor.call.run(successor::answer);
    get(asked);

    successor.silent = false;
    get(append());
    assertThat(streams).hasSize(2);
  }

  /** The owner's side of a stream, which it doesn't end by itself. */
  private static final class Stream implements GrpcCall.Input {

    private final GrpcCall call;
    private final CompletableFuture<Void> inputEnded = new CompletableFuture<>();
    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private boolean opened;
    private volatile boolean silent;

    Stream(GrpcCall call) {
      this.call = call;
    }

    @Override
    public void message(Buffer message) {
      if (!opened) {
        opened = true;
      } else if (silent) {
        asked.complete(null);
      } else {
        answer();
      }
      call.fetch();
    }

    void answer() {
      byte[] results = PutMetadata.results(List.of(new Appended(0, 0, 1)));
      PutResult result =
          PutResult.newBuilder().setAppMetadata(ByteString.copyFrom(results)).build();
      var unused = call.write(Buffer.buffer(result.toByteArray()));
    }

    @Override
    public void end() {
      inputEnded.complete(null);
    }

    @Override
    public void cancelled() {}
  }

  private CompletableFuture<Appended> append() {
    FrameRows rows =
        new FrameRows(1, 0, List.of(), Unpooled.wrappedBuffer(new byte[8]), Unpooled.EMPTY_BUFFER);
    return peers.append(owner, table, 0, new RowBatch(0, null, List.of(rows)), false);
  }

  private static Table table() {
    UUID id = UUID.randomUUID();
    Schema schema = SystemColumns.addTo(new Schema(NestedField.required(1, "id", LongType.get())));
    return new Table(
        new TableName("db", "t"),
        id,
        UUID.randomUUID(),
        "file:///" + id,
        Map.of(0, schema),
        0,
        TableOptions.parse(Map.of()),
        "",
        Instant.EPOCH);
  }

  private static <T> T get(Future<T> future) throws Exception {
    return get(future.toCompletionStage().toCompletableFuture());
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(SECONDS, TimeUnit.SECONDS);
  }
}
