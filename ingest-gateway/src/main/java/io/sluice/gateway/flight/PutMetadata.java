package io.sluice.gateway.flight;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.log.append.Appended;
import io.sluice.log.append.RowBatch;
import io.sluice.log.frame.WriterSequence;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What may come with a batch, as JSON in its app_metadata, and the answer to it.
 *
 * @param bucket where the rows go; empty if the gateway picks
 * @param writer the batch's name; null if it has none
 * @param transaction what makes the rows visible when it commits; null if they are visible at once.
 *     The batch is named by its writer epoch then, and its bucket is there
 * @param more whether the next message has more rows of the same batch: between gateways only
 * @param pickedOf if another gateway picked the bucket of a batch with a name: of how many. Between
 *     gateways only
 */
record PutMetadata(
    OptionalInt bucket,
    @Nullable WriterSequence writer,
    @Nullable TransactionKey transaction,
    boolean more,
    OptionalInt pickedOf) {

  private static final Set<String> FIELDS =
      Set.of("bucket", "writerId", "writerEpoch", "n", "sequence", "more", "pickedOf");

  /** Of a message that isn't a batch. */
  static final PutMetadata NONE =
      new PutMetadata(OptionalInt.empty(), null, null, false, OptionalInt.empty());

  static PutMetadata read(byte[] utf8) throws ProblemException {
    if (utf8.length == 0) {
      return NONE;
    }
    Json json = Json.read("batch's app_metadata", utf8, FIELDS);
    if (json.has("writerEpoch") || json.has("n")) {
      return ofTransaction(json);
    }
    if (json.has("writerId") != json.has("sequence")) {
      throw Json.refused("the batch's app_metadata needs both 'writerId' and 'sequence', or none");
    }
    WriterSequence writer = json.has("writerId") ? writer(json) : null;
    return new PutMetadata(
        whole(json, "bucket"), writer, null, json.flag("more"), whole(json, "pickedOf"));
  }

  private static PutMetadata ofTransaction(Json json) throws ProblemException {
    if (json.has("writerId") || json.has("pickedOf")) {
      throw Json.refused(
          "the app_metadata of a transaction's batch has 'writerEpoch' and 'n', not 'writerId' or"
              + " 'pickedOf'");
    }
    UUID epoch = json.uuid("writerEpoch");
    return new PutMetadata(
        OptionalInt.of((int) json.whole("bucket", 0, Integer.MAX_VALUE)),
        new WriterSequence(epoch, json.whole("sequence", 0, Long.MAX_VALUE)),
        new TransactionKey(epoch, json.whole("n", 0, Long.MAX_VALUE)),
        json.flag("more"),
        OptionalInt.empty());
  }

  /**
   * Returns whether a batch isn't to be judged by the table as it was when its stream was opened:
   * the bucket that it names may be new, or what it is divided by when it is sent again.
   */
  boolean needsNewest(Table table) {
    return bucket.isPresent()
        ? bucket.getAsInt() >= table.bucketCount()
        : writer != null && !table.bucketKey().isEmpty();
  }

  /** Returns whether it says what only gateways may say to each other. */
  boolean isBetweenGateways() {
    return more || pickedOf.isPresent();
  }

  /** Writes what comes with a part of a batch that is passed on. */
  static byte[] forwarded(int bucket, RowBatch batch, boolean more, OptionalInt pickedOf) {
    ObjectNode json = Json.object().put("bucket", bucket);
    WriterSequence writer = batch.writer();
    TransactionKey transaction = batch.transaction();
    if (writer != null && transaction != null) {
      json.put("writerEpoch", transaction.writerEpoch().toString()).put("n", transaction.n());
      json.put("sequence", writer.sequence());
    } else if (writer != null) {
      json.put("writerId", writer.writerId().toString()).put("sequence", writer.sequence());
    }
    if (more) {
      json.put("more", true);
    }
    pickedOf.ifPresent(buckets -> json.put("pickedOf", buckets));
    return Json.write(json);
  }

  /** Writes what opens a stream between gateways: which of the table's schemas its rows have. */
  static byte[] opening(int schemaId) {
    return Json.write(Json.object().put("schemaId", schemaId));
  }

  /** Reads what opens a stream between gateways; those of before didn't say the schema. */
  static OptionalInt schemaId(byte[] utf8) throws ProblemException {
    return utf8.length == 0
        ? OptionalInt.empty()
        : whole(Json.read("app_metadata of a stream", utf8, Set.of("schemaId")), "schemaId");
  }

  /** Reads the answer to a batch of one bucket. */
  static Appended result(byte[] utf8) throws IOException {
    JsonNode result = Json.MAPPER.readTree(utf8).path("results").path(0);
    if (!result.path("offset").isIntegralNumber()) {
      throw new IOException("an answer without a result: " + new String(utf8, UTF_8));
    }
    return new Appended(
        result.path("bucket").asInt(), result.path("offset").asLong(), result.path("rows").asInt());
  }

  /** Writes the answer to a batch. */
  static byte[] results(List<Appended> appended) {
    // Numbers alone, once for each batch: a tree of JSON nodes takes longer than the append does.
    StringBuilder json = new StringBuilder("{\"results\":[");
    for (Appended one : appended) {
      json.append("{\"bucket\":").append(one.bucket());
      json.append(",\"offset\":").append(one.offset());
      json.append(",\"rows\":").append(one.rows()).append("},");
    }
    json.setLength(json.length() - (appended.isEmpty() ? 0 : 1));
    return json.append("]}").toString().getBytes(UTF_8);
  }

  private static OptionalInt whole(Json json, String field) throws ProblemException {
    return json.has(field)
        ? OptionalInt.of((int) json.whole(field, 0, Integer.MAX_VALUE))
        : OptionalInt.empty();
  }

  private static WriterSequence writer(Json json) throws ProblemException {
    return new WriterSequence(json.uuid("writerId"), json.whole("sequence", 0, Long.MAX_VALUE));
  }
}
