package io.sluice.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightGrpcUtils;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.SchemaParser;

/**
 * A gateway of one table with a long column, alone or in a cluster, that breaks calls off at
 * random, before or after, and can be killed or frozen.
 */
final class FakeGateway implements AutoCloseable {

  static final String COLUMN = "n";

  private final BufferAllocator allocator = new RootAllocator();
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final CountDownLatch end = new CountDownLatch(1);
  private final FakeLog log;
  private final Server server;
  private final Random random;
  private final double faults;
  private boolean silent;
  private volatile CountDownLatch held = new CountDownLatch(0);
  private volatile boolean frozen;
  private volatile boolean old;
  private volatile boolean signing;
  private volatile boolean stale;

  FakeGateway(TableDescription table, Random random, double faults) throws Exception {
    this(new FakeLog(table), random, faults);
  }

  // Flight's own server can't be killed, and this is its one way to another.
  @SuppressWarnings("deprecation")
  FakeGateway(FakeLog log, Random random, double faults) throws Exception {
    this.log = log;
    this.random = random;
    this.faults = faults;
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .executor(executor)
            .addService(
                FlightGrpcUtils.createFlightService(
                    allocator,
                    new Producer(),
                    org.apache.arrow.flight.auth.ServerAuthHandler.NO_OP,
                    executor))
            .build()
            .start();
    log.join(this);
  }

  String endpoint() {
    return "127.0.0.1:" + server.getPort();
  }

  FakeLog log() {
    return log;
  }

  /** The next batch is appended, but its call is never answered again. */
  synchronized void fallSilent() {
    silent = true;
  }

  /** From now on no batch is appended before {@link #release}. */
  void hold() {
    held = new CountDownLatch(1);
  }

  /** What was held goes on. */
  void release() {
    held.countDown();
  }

  private void awaitRelease() {
    try {
      if (!held.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a batch was held for too long");
      }
    } catch (InterruptedException e) {
      throw broken();
    }
  }

  /** From now on nothing is done and nothing is answered, but connections stay. */
  void freeze() {
    frozen = true;
  }

  /** From now on it says that it owns every bucket. */
  void beStale() {
    stale = true;
  }

  boolean isStale() {
    return stale;
  }

  /** From now on each answer follows a sign of life. */
  void giveLifeSigns() {
    signing = true;
  }

  /** From now on it doesn't know the action that lists gateways. */
  void beOld() {
    old = true;
  }

  private synchronized boolean takeSilence() {
    boolean now = silent;
    silent = false;
    return now;
  }

  private synchronized boolean breaks() {
    return random.nextDouble() < faults;
  }

  private static RuntimeException broken() {
    return CallStatus.UNAVAILABLE.withDescription("broken off by the test").toRuntimeException();
  }

  private void awaitThaw() {
    try {
      if (frozen && !end.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a frozen gateway wasn't closed in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (end.getCount() == 0) {
      throw broken();
    }
  }

  private static String text(ArrowBuf buffer) {
    byte[] bytes = new byte[(int) buffer.readableBytes()];
    buffer.getBytes(buffer.readerIndex(), bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private ArrowBuf buffer(JsonNode json) {
    byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
    ArrowBuf buffer = allocator.buffer(bytes.length);
    buffer.writeBytes(bytes);
    return buffer;
  }

  @Override
  public void close() {
    kill();
  }

  /** Dies: connections break, nothing that arrives is appended any more. */
  void kill() {
    end.countDown();
    held.countDown();
    log.leave(this);
    server.shutdownNow();
    try {
      server.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Not before: the server closes its connections on it.
    executor.shutdown();
    // Not the allocator: batches that arrive after a call was broken off are never released.
  }

  private final class Producer extends NoOpFlightProducer {

    @Override
    public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
      awaitThaw();
      List<FlightEndpoint> endpoints = new ArrayList<>();
      for (int bucket = 0; bucket < log.table.bucketCount(); bucket++) {
        ObjectNode ticket = Answers.named(log.table.name()).put("bucket", bucket);
        endpoints.add(
            new FlightEndpoint(
                new Ticket(ticket.toString().getBytes(StandardCharsets.UTF_8)), location(bucket)));
      }
      return new FlightInfo(log.table.arrowSchema(), descriptor, endpoints, -1, -1);
    }

    private Location location(int bucket) {
      try {
        return new Location(log.location(bucket, FakeGateway.this));
      } catch (java.net.URISyntaxException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public Runnable acceptPut(
        CallContext context, FlightStream stream, StreamListener<PutResult> answers) {
      return () -> {
        try {
          boolean dumb = false;
          while (stream.next()) {
            awaitThaw();
            awaitRelease();
            if (breaks()) {
              throw broken();
            }
            JsonNode place = Connection.parse("put", text(stream.getLatestMetadata()));
            int rows = stream.getRoot().getRowCount();
            long offset = log.append(FakeGateway.this, place, stream.getRoot());
            dumb |= takeSilence();
            if (dumb) {
              continue;
            }
            if (breaks()) {
              throw broken();
            }
            if (signing) {
              answers.onNext(PutResult.empty());
            }
            ObjectNode answer = Answers.object();
            answer
                .putArray("results")
                .addObject()
                .put("bucket", place.required("bucket").asInt())
                .put("offset", offset)
                .put("rows", rows);
            try (ArrowBuf metadata = buffer(answer)) {
              answers.onNext(PutResult.metadata(metadata));
            }
          }
          answers.onCompleted();
        } catch (SluiceException | RuntimeException e) {
          answers.onError(e);
        }
      };
    }

    @Override
    public void getStream(CallContext context, Ticket ticket, ServerStreamListener out) {
      try (VectorSchemaRoot root = VectorSchemaRoot.create(log.table.arrowSchema(), allocator)) {
        awaitThaw();
        JsonNode asked =
            Connection.parse("get", new String(ticket.getBytes(), StandardCharsets.UTF_8));
        int bucket = asked.required("bucket").asInt();
        log.serve(FakeGateway.this, bucket);
        log.called("read at " + endpoint());
        out.start(root);
        int next = asked.required("from").asInt();
        boolean on = true;
        while (on) {
          int to = asked.has("to") ? asked.get("to").asInt() : log.rows(bucket).size();
          send(bucket, next, to, root, out);
          next = to;
          on =
              asked.path("follow").asBoolean()
                  && !asked.has("to")
                  && log.awaitMore(FakeGateway.this, bucket, to, out::isCancelled);
        }
        out.completed();
      } catch (SluiceException | RuntimeException e) {
        out.error(e);
      }
    }

    private void send(
        int bucket, int from, int to, VectorSchemaRoot root, ServerStreamListener out) {
      List<Long> rows = log.rows(bucket);
      // Frames are whole: the first may begin before what was asked for.
      for (int offset = from / 3 * 3; offset < to; offset += 3) {
        if (breaks()) {
          throw broken();
        }
        log.serveRead(FakeGateway.this, bucket, offset);
        BigIntVector values = (BigIntVector) root.getVector(COLUMN);
        int count = Math.min(3, rows.size() - offset);
        values.allocateNew(count);
        for (int row = 0; row < count; row++) {
          values.set(row, rows.get(offset + row));
        }
        root.setRowCount(count);
        out.putNext(buffer(Answers.object().put("offset", offset).put("timeMicros", 7)));
      }
    }

    @Override
    public void doAction(CallContext context, Action action, StreamListener<Result> answers) {
      try {
        awaitThaw();
        answers.onNext(
            new Result(answer(action.getType()).toString().getBytes(StandardCharsets.UTF_8)));
        answers.onCompleted();
      } catch (SluiceException | RuntimeException e) {
        answers.onError(e);
      }
    }

    private ObjectNode answer(String action) throws SluiceException {
      return switch (action) {
        case "describe-table" -> description(log.table);
        case "watermarks" -> watermarks();
        case "gateways" -> gateways();
        case "create-database" -> Answers.object();
        case "truncate", "flush" -> {
          log.called(action);
          throw broken();
        }
        default ->
            throw CallStatus.NOT_FOUND
                .withDescription("[NOT_FOUND] nothing there")
                .toRuntimeException();
      };
    }

    private ObjectNode description(TableDescription table) throws SluiceException {
      ObjectNode answer = Answers.named(table.name());
      answer.put("id", table.id().toString()).put("incarnation", table.incarnation().toString());
      answer.put("location", table.location()).put("bucketCount", table.bucketCount());
      table.bucketKey().forEach(answer.putArray("bucketKey")::add);
      answer.set("schema", Connection.parse("schema", SchemaParser.toJson(table.schema())));
      return answer;
    }

    private ObjectNode watermarks() {
      ObjectNode answer = Answers.object();
      ArrayNode buckets = answer.putArray("buckets");
      for (int bucket = 0; bucket < log.table.bucketCount(); bucket++) {
        ObjectNode one = buckets.addObject().put("bucket", bucket);
        one.put("start", 0).put("watermark", log.rows(bucket).size());
      }
      return answer;
    }

    private ObjectNode gateways() {
      if (old) {
        throw CallStatus.INVALID_ARGUMENT
            .withDescription("[INVALID] there is no action 'gateways'")
            .toRuntimeException();
      }
      ObjectNode answer = Answers.object();
      ArrayNode list = answer.putArray("gateways");
      for (FakeGateway gateway : log.live()) {
        Endpoint endpoint = Endpoint.of(gateway.endpoint());
        ObjectNode one = list.addObject().put("id", gateway.endpoint());
        one.put("host", endpoint.host()).put("port", endpoint.port());
      }
      return answer;
    }
  }
}
