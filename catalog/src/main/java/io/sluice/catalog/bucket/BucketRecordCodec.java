package io.sluice.catalog.bucket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.level.NewerVersionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A bucket record as compact JSON. A segment's base is where the one before it ends.
 *
 * <pre>{@code
 * {"v":1,
 *  "incarnation":"0e3c...",
 *  "claim":["gateway-1",7],
 *  "base":0,
 *  "segments":[["d",ledger,end],
 *              ["s",ledger,end,minTime,maxTime,bytes,hasWindow],
 *              ["t",ledger,end,appendTime,bytes],
 *              ["o",ledger,claimEpoch,openedAt]],
 *  "window":12,                                    only if there is one
 *  "floor":0,
 *  "commits":[[offset,time],...],                  since 0.1; a record without them has "floor" at 0
 *  "pending":[["writer epoch",n,expiry,aborted,[ledger,...]]],
 *  "committed":{"writer epoch":[lastN,time]},
 *  "gone":1500,                                    only if it is known; earlier versions leave it out
 *  "writes":["9a...",...]}                         marks of the newest writes, see StoredBucketRecords
 * }</pre>
 */
final class BucketRecordCodec {

  /**
   * A record and the marks of the newest writes to it.
   *
   * @param writes the newest last
   */
  record Stored(BucketState state, List<String> writes) {
    Stored {
      writes = List.copyOf(writes);
    }
  }

  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  static byte[] encode(Stored stored) {
    BucketState state = stored.state();
    ObjectNode json = JSON.createObjectNode();
    json.put("v", VERSION);
    json.put("incarnation", state.incarnation().toString());
    json.putArray("claim").add(state.claim().owner()).add(state.claim().epoch());
    json.put("base", state.baseOffset());
    ArrayNode segments = json.putArray("segments");
    state.segments().forEach(segment -> encode(segment, segments.addArray()));
    state.windowLedgerId().ifPresent(ledgerId -> json.put("window", ledgerId));
    json.put("floor", state.lakeOffsetFloor());
    ArrayNode commits = json.putArray("commits");
    state
        .lakeCommits()
        .forEach(commit -> commits.addArray().add(commit.offset()).add(commit.atMicros()));
    ArrayNode pending = json.putArray("pending");
    for (PendingTransaction transaction : state.pending()) {
      ArrayNode array = pending.addArray();
      array.add(transaction.key().writerEpoch().toString()).add(transaction.key().n());
      array.add(transaction.expiresAtMicros()).add(transaction.aborted());
      ArrayNode ledgers = array.addArray();
      transaction.ledgerIds().forEach(ledgers::add);
    }
    ObjectNode committed = json.putObject("committed");
    state
        .committed()
        .forEach(
            (epoch, last) ->
                committed.putArray(epoch.toString()).add(last.lastN()).add(last.timeMicros()));
    if (state.goneTimeMicros() > 0) {
      json.put("gone", state.goneTimeMicros());
    }
    ArrayNode writes = json.putArray("writes");
    stored.writes().forEach(writes::add);
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Decodes a record.
   *
   * @throws NewerVersionException if it is of a later version
   * @throws IllegalStateException if it isn't one, or breaks an invariant
   */
  static Stored decode(String path, byte[] value) {
    try {
      JsonNode json = JSON.readTree(value);
      int version = json.path("v").asInt();
      if (version > VERSION) {
        throw new NewerVersionException("bucket record " + path, version, VERSION);
      }
      if (version != VERSION) {
        throw new IllegalArgumentException("it has no version: " + json.path("v"));
      }
      List<String> writes = new ArrayList<>();
      json.required("writes").forEach(write -> writes.add(write.textValue()));
      return new Stored(state(json), writes);
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalStateException(
          "bucket record " + path + " can't be read: " + e.getMessage(), e);
    }
  }

  private static void encode(Segment segment, ArrayNode array) {
    if (segment instanceof Segment.Open open) {
      array.add("o").add(open.ledgerId()).add(open.claimEpoch()).add(open.openedAtMicros());
    } else if (segment instanceof Segment.Sealed sealed) {
      array.add("s").add(sealed.ledgerId()).add(sealed.endOffset());
      array.add(sealed.minTimeMicros()).add(sealed.maxTimeMicros());
      array.add(sealed.bytes()).add(sealed.hasWindow() ? 1 : 0);
    } else if (segment instanceof Segment.Spliced spliced) {
      array.add("t").add(spliced.ledgerId()).add(spliced.endOffset());
      array.add(spliced.appendTimeMicros()).add(spliced.bytes());
    } else if (segment instanceof Segment.Deleting deleting) {
      array.add("d").add(deleting.ledgerId()).add(deleting.endOffset());
    }
  }

  private static BucketState state(JsonNode json) {
    JsonNode claim = json.required("claim");
    long base = json.required("base").longValue();
    List<Segment> segments = new ArrayList<>();
    long next = base;
    for (JsonNode node : json.required("segments")) {
      Segment segment = segment(node, next);
      segments.add(segment);
      next = segment.end().orElse(next);
    }
    List<PendingTransaction> pending = new ArrayList<>();
    json.required("pending").forEach(node -> pending.add(pending(node)));
    Map<UUID, CommittedTransactions> committed = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : json.required("committed").properties()) {
      committed.put(
          UUID.fromString(entry.getKey()),
          new CommittedTransactions(number(entry.getValue(), 0), number(entry.getValue(), 1)));
    }
    return new BucketState(
        UUID.fromString(json.required("incarnation").textValue()),
        new Claim(claim.required(0).textValue(), number(claim, 1)),
        base,
        segments,
        json.has("window") ? OptionalLong.of(json.get("window").longValue()) : OptionalLong.empty(),
        json.required("floor").longValue(),
        lakeCommits(json),
        pending,
        committed,
        json.path("gone").longValue());
  }

  private static List<LakeCommit> lakeCommits(JsonNode json) {
    List<LakeCommit> commits = new ArrayList<>();
    long floor = json.required("floor").longValue();
    if (!json.has("commits") && floor > 0) {
      commits.add(new LakeCommit(floor, 0));
    }
    json.path("commits")
        .forEach(node -> commits.add(new LakeCommit(number(node, 0), number(node, 1))));
    return commits;
  }

  private static Segment segment(JsonNode node, long base) {
    String kind = node.required(0).textValue();
    return switch (kind) {
      case "o" -> new Segment.Open(number(node, 1), base, number(node, 2), number(node, 3));
      case "s" ->
          new Segment.Sealed(
              number(node, 1),
              base,
              number(node, 2),
              number(node, 3),
              number(node, 4),
              number(node, 5),
              number(node, 6) == 1);
      case "t" ->
          new Segment.Spliced(
              number(node, 1), base, number(node, 2), number(node, 3), number(node, 4));
      case "d" -> new Segment.Deleting(number(node, 1), base, number(node, 2));
      default -> throw new IllegalArgumentException("a segment can't be '" + kind + "'");
    };
  }

  private static PendingTransaction pending(JsonNode node) {
    List<Long> ledgers = new ArrayList<>();
    node.required(4).forEach(ledger -> ledgers.add(ledger.longValue()));
    return new PendingTransaction(
        new TransactionKey(UUID.fromString(node.required(0).textValue()), number(node, 1)),
        ledgers,
        number(node, 2),
        node.required(3).booleanValue());
  }

  private static long number(JsonNode array, int index) {
    JsonNode node = array.required(index);
    if (!node.isIntegralNumber()) {
      throw new IllegalArgumentException("not a number: " + node);
    }
    return node.longValue();
  }

  private BucketRecordCodec() {}
}
