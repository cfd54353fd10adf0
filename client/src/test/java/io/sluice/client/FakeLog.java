package io.sluice.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * What the fake gateways of one cluster share: a table's rows, who owns which bucket, and who is
 * live. Without an owner that was set, every gateway owns a bucket.
 */
final class FakeLog {

  volatile TableDescription table;
  private final Map<Integer, List<Long>> rows = new HashMap<>();
  private final Map<String, Integer> calls = new HashMap<>();
  private final Map<String, Long> firstOffsets = new HashMap<>();
  private final Map<Integer, FakeGateway> owners = new HashMap<>();
  private final Map<Integer, String> advertised = new HashMap<>();
  private final Map<FakeGateway, Integer> direct = new HashMap<>();
  private final Map<Integer, Move> moves = new HashMap<>();
  private final List<FakeGateway> live = new ArrayList<>();
  private boolean forwards;
  private String refusal = "";
  private int gaps;
  private int hops;

  FakeLog(TableDescription table) {
    this.table = table;
  }

  synchronized void join(FakeGateway gateway) {
    live.add(gateway);
  }

  synchronized void leave(FakeGateway gateway) {
    live.remove(gateway);
    notifyAll();
  }

  synchronized List<FakeGateway> live() {
    return List.copyOf(live);
  }

  /** From now on a gateway forwards what it doesn't own; before, it says that the bucket moved. */
  synchronized void forward() {
    forwards = true;
  }

  /** From now on each append is refused so. */
  synchronized void refuse(String message) {
    refusal = message;
  }

  /** Gives a bucket to a gateway, which all gateways know at once. */
  synchronized void own(int bucket, FakeGateway owner) {
    owners.put(bucket, owner);
    advertised.remove(bucket);
  }

  /** From now on gateways say that a bucket's owner is there, whoever it is. */
  synchronized void advertise(int bucket, String location) {
    advertised.put(bucket, location);
  }

  synchronized String location(int bucket, FakeGateway asked) {
    FakeGateway owner = asked.isStale() ? asked : owners.getOrDefault(bucket, asked);
    return advertised.getOrDefault(bucket, "grpc+tcp://" + owner.endpoint());
  }

  /** Gives the table more buckets. */
  synchronized void raise(int buckets) {
    TableDescription old = table;
    table =
        new TableDescription(
            old.name(),
            old.id(),
            old.incarnation(),
            old.location(),
            old.schema(),
            buckets,
            old.bucketKey(),
            old.options(),
            old.comment());
  }

  /** A gateway was asked to do something whose answer gets lost. */
  synchronized void called(String action) {
    calls.merge(action, 1, Integer::sum);
  }

  /** Returns how often gateways were asked to. */
  synchronized int calls(String action) {
    return calls.getOrDefault(action, 0);
  }

  synchronized List<Long> rows(int bucket) {
    return List.copyOf(rows.getOrDefault(bucket, List.of()));
  }

  synchronized void preload(int bucket, List<Long> all) {
    rows.put(bucket, new ArrayList<>(all));
    notifyAll();
  }

  /** Waits for a bucket to have more rows than that; returns false if the reader goes first. */
  synchronized boolean awaitMore(FakeGateway at, int bucket, int count, BooleanSupplier gone) {
    try {
      while (rows(bucket).size() <= count && live.contains(at) && !gone.getAsBoolean()) {
        wait(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return rows(bucket).size() > count;
  }

  /** Returns how many batches came before one that they must follow. */
  synchronized int gaps() {
    return gaps;
  }

  /** Returns how many batches and reads were forwarded. */
  synchronized int hops() {
    return hops;
  }

  /** Returns how many batches a gateway took as their owner. */
  synchronized int direct(FakeGateway gateway) {
    return direct.getOrDefault(gateway, 0);
  }

  /** Gives a bucket to a gateway as soon as a read of it gets to an offset. */
  synchronized void ownFrom(int bucket, long offset, FakeGateway owner) {
    moves.put(bucket, new Move(offset, owner));
  }

  /** Fails if a gateway can't serve a bucket's rows from an offset on. */
  synchronized void serveRead(FakeGateway at, int bucket, long offset) {
    Move move = moves.get(bucket);
    if (move != null && offset >= move.offset()) {
      moves.remove(bucket);
      own(bucket, move.owner());
    }
    serve(at, bucket);
  }

  /** Fails if a gateway can't serve a bucket, as its owner or by forwarding. */
  synchronized void serve(FakeGateway at, int bucket) {
    FakeGateway owner = owners.get(bucket);
    if (owner == null || owner == at) {
      return;
    }
    if (!forwards) {
      throw unavailable("[MOVED] bucket " + bucket + " has another owner");
    }
    if (!live.contains(owner)) {
      throw unavailable("[UNAVAILABLE] the owner of bucket " + bucket + " can't be reached");
    }
    hops++;
  }

  private static RuntimeException unavailable(String message) {
    return CallStatus.UNAVAILABLE.withDescription(message).toRuntimeException();
  }

  /** Appends as a bucket does: each sequence once, in order, retries answered as the first time. */
  synchronized long append(FakeGateway at, JsonNode place, VectorSchemaRoot batch) {
    if (!refusal.isEmpty()) {
      throw CallStatus.INVALID_ARGUMENT.withDescription(refusal).toRuntimeException();
    }
    int bucket = place.required("bucket").asInt();
    serve(at, bucket);
    long sequence = place.required("sequence").asLong();
    String writer = bucket + "/" + place.required("writerId").asText() + "/";
    Long first = firstOffsets.get(writer + sequence);
    if (first != null) {
      return first;
    }
    if (sequence > 0 && !firstOffsets.containsKey(writer + (sequence - 1))) {
      gaps++;
      throw CallStatus.INVALID_ARGUMENT
          .withDescription("[SEQUENCE_GAP] before " + sequence)
          .toRuntimeException();
    }
    if (owners.get(bucket) == at) {
      direct.merge(at, 1, Integer::sum);
    }
    List<Long> all = rows.computeIfAbsent(bucket, any -> new ArrayList<>());
    long offset = all.size();
    firstOffsets.put(writer + sequence, offset);
    BigIntVector values = (BigIntVector) batch.getVector(FakeGateway.COLUMN);
    for (int row = 0; row < batch.getRowCount(); row++) {
      all.add(values.get(row));
    }
    return offset;
  }

  private record Move(long offset, FakeGateway owner) {}
}
