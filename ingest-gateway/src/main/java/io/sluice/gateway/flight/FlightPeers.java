package io.sluice.gateway.flight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.append.Forwards;
import io.sluice.gateway.append.Recall;
import io.sluice.gateway.cluster.Membership;
import io.sluice.gateway.cluster.Peer;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.grpc.GrpcCall;
import io.sluice.gateway.grpc.GrpcClientCall;
import io.sluice.gateway.read.ReadRequest;
import io.sluice.gateway.read.RemoteReads;
import io.sluice.gateway.tables.BucketWatermark;
import io.sluice.gateway.tables.Ending;
import io.sluice.gateway.tables.RemoteBuckets;
import io.sluice.gateway.tls.Tls;
import io.sluice.log.append.Appended;
import io.sluice.log.append.RowBatch;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.arrow.flight.impl.Flight;

/**
 * The other gateways of the cluster, by Flight, as any client would call them; but each call says
 * that it was passed on, so that it isn't once more. Thread-safe; never blocks.
 */
public final class FlightPeers implements Forwards, RemoteReads, RemoteBuckets {

  /** The header of a call that was passed on; its value is the id of the gateway that did. */
  static final String FORWARDED = "sluice-forwarded";

  private static final String SERVICE = "/arrow.flight.protocol.FlightService/";
  private static final int MAX_MESSAGE_BYTES = 64 << 20;
  private static final int CONNECT_MS = 2_000;
  private static final int WINDOW_BYTES = 1 << 20;

  /** Of a stream of rows, of which a mebibyte is read ahead besides. */
  private static final int READER_WINDOW_BYTES = 128 << 10;

  /**
   * Of all streams of a connection, 128, twice: Netty gives a connection's window back once half of
   * it was read, which with less would never come while most of the streams wait to be read. What
   * it holds is what its streams do, 16 MiB at most.
   */
  private static final int READERS_WINDOW_BYTES = 2 * 128 * READER_WINDOW_BYTES;

  private static final int CONNECTIONS = 32;
  private static final long IDLE_MS = 30_000;
  private static final long GONE_MS = 1_000;

  private final Vertx vertx;
  private final HttpClient client;

  /** For rows, which whoever asked for them may leave unread: nothing else waits behind them. */
  private final HttpClient readers;

  private final Membership membership;
  private final String authorization;
  private final Tls tls;
  private final Map<PutKey, PeerPut> puts = new ConcurrentHashMap<>();
  private final Map<PeerRows, Peer> reads = new ConcurrentHashMap<>();
  private final Map<PeerAction, Peer> actions = new ConcurrentHashMap<>();

  /**
   * @param vertx ends the connections when it is closed
   * @param membership says who lives; it has this gateway's id
   * @param secret shows to the others that it is this gateway that calls
   * @param tls for gateways whose ports speak it
   */
  public FlightPeers(Vertx vertx, Membership membership, String secret, Tls tls) {
    this.vertx = vertx;
    this.membership = membership;
    this.tls = tls;
    this.authorization = "Bearer " + secret;
    membership.listen(this::forgetTheGone);
    this.client = client(WINDOW_BYTES, 16 * WINDOW_BYTES);
    this.readers = client(READER_WINDOW_BYTES, READERS_WINDOW_BYTES);
    vertx.setPeriodic(IDLE_MS, id -> endIdle());
  }

  private HttpClient client(int windowBytes, int connectionWindowBytes) {
    return vertx.createHttpClient(
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setUseAlpn(true)
            .setConnectTimeout(CONNECT_MS)
            .setTcpNoDelay(true)
            .setHttp2ConnectionWindowSize(connectionWindowBytes)
            .setInitialSettings(new Http2Settings().setInitialWindowSize(windowBytes)),
        new PoolOptions().setHttp2MaxSize(CONNECTIONS));
  }

  private record PutKey(Peer peer, UUID tableId, int schemaId, int bucketCount, int bucket) {}

  @Override
  public CompletableFuture<Appended> append(
      Peer owner, Table table, int bucket, RowBatch batch, boolean picked) {
    PutKey key = new PutKey(owner, table.id(), batch.schemaId(), table.bucketCount(), bucket);
    return puts.computeIfAbsent(key, unused -> put(key, table)).append(batch, picked);
  }

  /** Ends the streams of batches by which nothing was sent since the last call. */
  void endIdle() {
    puts.values().forEach(PeerPut::endIfIdle);
  }

  @Override
  public CompletableFuture<Boolean> knows(Peer owner, Recall.Question question) {
    ObjectNode body =
        about(question.table().name(), question.buckets())
            .put("writerId", question.writerId().toString())
            .put("bucketCount", question.bucketCount());
    return call(owner, "knows-writer", body).thenApply(answer -> answer.path("known").asBoolean());
  }

  private PeerPut put(PutKey key, Table table) {
    return new PeerPut(
        table,
        key.bucket(),
        output -> open(request(key.peer(), "DoPut", table), client, output),
        over -> puts.remove(key, over));
  }

  @Override
  public CompletableFuture<Range> open(Peer owner, Table table, ReadRequest request) {
    PeerRows rows =
        new PeerRows(table, output -> open(request(owner, "DoGet", table), readers, output));
    reads.put(rows, owner);
    rows.whenOver(() -> reads.remove(rows));
    rows.ask(
        Flight.Ticket.newBuilder()
            .setTicket(ByteString.copyFrom(Ticket.of(table, request)))
            .build());
    return rows.opened();
  }

  @Override
  public CompletableFuture<List<BucketWatermark>> watermarks(
      Peer owner, TableName table, List<Integer> buckets) {
    return call(owner, "watermarks", about(table, buckets))
        .thenApply(
            answer -> {
              List<BucketWatermark> found = new ArrayList<>();
              for (JsonNode one : answer.path("buckets")) {
                found.add(
                    new BucketWatermark(
                        one.path("bucket").asInt(),
                        one.path("start").asLong(),
                        one.path("watermark").asLong()));
              }
              return found;
            });
  }

  @Override
  public CompletableFuture<SortedMap<Integer, Long>> offsetsAt(
      Peer owner, TableName table, long timeMicros, List<Integer> buckets) {
    return call(owner, "offsets-at", about(table, buckets).put("timeMicros", timeMicros))
        .thenApply(
            answer -> {
              SortedMap<Integer, Long> found = new TreeMap<>();
              for (JsonNode one : answer.path("buckets")) {
                found.put(one.path("bucket").asInt(), one.path("offset").asLong());
              }
              return found;
            });
  }

  @Override
  public CompletableFuture<Void> end(
      Peer owner, Ending ending, List<Ending.One> some, boolean commit) {
    ObjectNode body = NamedTransactions.write(ending.table().name(), ending.incarnation(), some);
    return call(owner, commit ? "commit-transactions" : "abort-transactions", body)
        .thenAccept(done -> {});
  }

  @Override
  public CompletableFuture<Void> seal(Peer peer, TableName table) {
    ObjectNode body = Json.object().put("database", table.database()).put("table", table.table());
    return call(peer, "seal", body).thenAccept(done -> {});
  }

  @Override
  public CompletableFuture<Void> forget(Peer peer, UUID tableId) {
    return call(peer, "forget-table", Json.object().put("id", tableId.toString()))
        .thenAccept(forgotten -> {});
  }

  /**
   * Breaks off what was asked of gateways that don't live any more, after a while in which those
   * that leave may still answer.
   */
  private void forgetTheGone() {
    vertx.setTimer(
        GONE_MS,
        id -> {
          List<Peer> peers = membership.placement().peers();
          Set<String> live = Set.copyOf(peers.stream().map(Peer::id).toList());
          puts.forEach((key, put) -> failIfGone(live, key.peer(), put::fail));
          reads.forEach((rows, peer) -> failIfGone(live, peer, rows::fail));
          actions.forEach((action, peer) -> failIfGone(live, peer, action::fail));
        });
  }

  private static void failIfGone(Set<String> live, Peer peer, Consumer<Problem> fail) {
    if (!live.contains(peer.id())) {
      fail.accept(
          Problem.unavailable(
              "gateway " + peer.endpoint() + " is gone: its buckets move; try again"));
    }
  }

  private static ObjectNode about(TableName table, List<Integer> buckets) {
    ObjectNode body = Json.object().put("database", table.database()).put("table", table.table());
    ArrayNode some = body.putArray("buckets");
    buckets.forEach(some::add);
    return body;
  }

  private CompletableFuture<JsonNode> call(Peer peer, String type, ObjectNode body) {
    PeerAction action = new PeerAction(output -> open(peer, "DoAction", output));
    actions.put(action, peer);
    action.ask(
        Flight.Action.newBuilder()
            .setType(type)
            .setBody(ByteString.copyFrom(Json.write(body)))
            .build());
    return action.answer().whenComplete((answer, failure) -> actions.remove(action));
  }

  private GrpcClientCall open(Peer peer, String method, GrpcClientCall.Output output) {
    return open(request(peer, method), client, output);
  }

  private GrpcClientCall open(RequestOptions to, HttpClient by, GrpcClientCall.Output output) {
    return GrpcClientCall.open(vertx, by, to, MAX_MESSAGE_BYTES, output);
  }

  /** Asks for rows of one table, or for its rows to be taken, and of no other with its name. */
  private RequestOptions request(Peer peer, String method, Table table) {
    return request(peer, method).putHeader(Incarnation.HEADER, Incarnation.of(table));
  }

  private RequestOptions request(Peer peer, String method) {
    RequestOptions to =
        new RequestOptions()
            .setHost(peer.host())
            .setPort(peer.port())
            .setMethod(HttpMethod.POST)
            .setURI(SERVICE + method)
            .putHeader(FORWARDED, membership.id())
            .putHeader("authorization", authorization);
    if (peer.tls()) {
      to.setSsl(true).setSslOptions(tls.client());
      if (!tls.peerName().isEmpty()) {
        // Its certificate has that name; where it is, its entry says.
        to.setServer(SocketAddress.inetSocketAddress(peer.port(), peer.host()));
        to.setHost(tls.peerName());
      }
    }
    return to;
  }

  /** Sends a call's only message. Any thread may call. */
  static void ask(GrpcClientCall call, MessageLite message) {
    byte[] bytes = message.toByteArray();
    Buffer framed = GrpcCall.frame(bytes.length).appendBytes(bytes);
    call.run(
        () -> {
          call.write(framed);
          call.end();
        });
  }
}
