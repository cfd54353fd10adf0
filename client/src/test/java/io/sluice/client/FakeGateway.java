package io.sluice.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightServer;
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

/** A gateway of one table with a long column, that breaks calls off at random, before or after. */
final class FakeGateway implements AutoCloseable {

  static final String COLUMN = "n";

  private final BufferAllocator allocator = new RootAllocator();
  private final FlightServer server;
  private final TableDescription table;
  private final Random random;
  private final double faults;
  private final Map<Integer, List<Long>> log = new HashMap<>();
  private final Map<String, Long> firstOffsets = new HashMap<>();
  private String refusal = "";
  private boolean silent;

  FakeGateway(TableDescription table, Random random, double faults) throws Exception {
    this.table = table;
    this.random = random;
    this.faults = faults;
    this.server =
        FlightServer.builder(allocator, Location.forGrpcInsecure("127.0.0.1", 0), new Producer())
            .build()
            .start();
  }

  String endpoint() {
    return "127.0.0.1:" + server.getPort();
  }

  /** From now on each append is refused so. */
  synchronized void refuse(String message) {
    refusal = message;
  }

  /** The next batch is appended, but its call is never answered again. */
  synchronized void fallSilent() {
    silent = true;
  }

  private synchronized boolean takeSilence() {
    boolean now = silent;
    silent = false;
    return now;
  }

  synchronized List<Long> rows(int bucket) {
    return List.copyOf(log.getOrDefault(bucket, List.of()));
  }

  synchronized void preload(int bucket, List<Long> rows) {
    log.put(bucket, new ArrayList<>(rows));
  }

  private synchronized boolean breaks() {
    return random.nextDouble() < faults;
  }

  private static RuntimeException broken() {
    return CallStatus.UNAVAILABLE.withDescription("broken off by the test").toRuntimeException();
  }

  /** Appends as a bucket does: each sequence once, in order, retries answered as the first time. */
  private synchronized long append(JsonNode place, VectorSchemaRoot rows) {
    if (!refusal.isEmpty()) {
      throw CallStatus.INVALID_ARGUMENT.withDescription(refusal).toRuntimeException();
    }
    int bucket = place.required("bucket").asInt();
    long sequence = place.required("sequence").asLong();
    String writer = bucket + "/" + place.required("writerId").asText() + "/";
    Long first = firstOffsets.get(writer + sequence);
    if (first != null) {
      return first;
    }
    if (sequence > 0 && !firstOffsets.containsKey(writer + (sequence - 1))) {
      throw CallStatus.INVALID_ARGUMENT
          .withDescription("[SEQUENCE_GAP] before " + sequence)
          .toRuntimeException();
    }
    List<Long> bucketLog = log.computeIfAbsent(bucket, any -> new ArrayList<>());
    firstOffsets.put(writer + sequence, (long) bucketLog.size());
    BigIntVector values = (BigIntVector) rows.getVector(COLUMN);
    long offset = bucketLog.size();
    for (int row = 0; row < rows.getRowCount(); row++) {
      bucketLog.add(values.get(row));
    }
    return offset;
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
    try {
      server.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Not the allocator: batches that arrive after a call was broken off are never released.
  }

  private final class Producer extends NoOpFlightProducer {

    @Override
    public Runnable acceptPut(
        CallContext context, FlightStream stream, StreamListener<PutResult> answers) {
      return () -> {
        try {
          boolean dumb = false;
          while (stream.next()) {
            if (breaks()) {
              throw broken();
            }
            JsonNode place = Connection.parse("put", text(stream.getLatestMetadata()));
            int rows = stream.getRoot().getRowCount();
            long offset = append(place, stream.getRoot());
            dumb |= takeSilence();
            if (dumb) {
              continue;
            }
            if (breaks()) {
              throw broken();
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
      try (VectorSchemaRoot root = VectorSchemaRoot.create(table.arrowSchema(), allocator)) {
        JsonNode asked =
            Connection.parse("get", new String(ticket.getBytes(), StandardCharsets.UTF_8));
        int from = asked.required("from").asInt();
        List<Long> rows = rows(asked.required("bucket").asInt());
        int to = asked.has("to") ? asked.get("to").asInt() : rows.size();
        out.start(root);
        // Frames are whole: the first may begin before what was asked for.
        for (int offset = from / 3 * 3; offset < to; offset += 3) {
          if (breaks()) {
            throw broken();
          }
          BigIntVector values = (BigIntVector) root.getVector(COLUMN);
          int count = Math.min(3, rows.size() - offset);
          values.allocateNew(count);
          for (int row = 0; row < count; row++) {
            values.set(row, rows.get(offset + row));
          }
          root.setRowCount(count);
          out.putNext(buffer(Answers.object().put("offset", offset).put("timeMicros", 7)));
        }
        out.completed();
      } catch (SluiceException | RuntimeException e) {
        out.error(e);
      }
    }

    @Override
    public void doAction(CallContext context, Action action, StreamListener<Result> answers) {
      ObjectNode answer = Answers.object();
      if (action.getType().equals("describe-table")) {
        answer = Answers.named(table.name());
        answer.put("id", table.id().toString()).put("incarnation", table.incarnation().toString());
        answer.put("location", table.location()).put("bucketCount", table.bucketCount());
        table.bucketKey().forEach(answer.putArray("bucketKey")::add);
        try {
          answer.set("schema", Connection.parse("schema", SchemaParser.toJson(table.schema())));
        } catch (SluiceException e) {
          throw new IllegalStateException(e);
        }
      } else if (action.getType().equals("watermarks")) {
        var buckets = answer.putArray("buckets");
        for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
          buckets
              .addObject()
              .put("bucket", bucket)
              .put("start", 0)
              .put("watermark", rows(bucket).size());
        }
      } else {
        answers.onError(
            CallStatus.NOT_FOUND.withDescription("[NOT_FOUND] nothing there").toRuntimeException());
        return;
      }
      answers.onNext(new Result(answer.toString().getBytes(StandardCharsets.UTF_8)));
      answers.onCompleted();
    }
  }
}
