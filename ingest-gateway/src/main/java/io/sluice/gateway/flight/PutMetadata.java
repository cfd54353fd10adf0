package io.sluice.gateway.flight;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.log.append.Appended;
import io.sluice.log.frame.WriterSequence;
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
 */
record PutMetadata(OptionalInt bucket, @Nullable WriterSequence writer) {

  private static final Set<String> FIELDS = Set.of("bucket", "writerId", "sequence");
  private static final PutMetadata NONE = new PutMetadata(OptionalInt.empty(), null);

  static PutMetadata read(byte[] utf8) throws ProblemException {
    if (utf8.length == 0) {
      return NONE;
    }
    Json json = Json.read("batch's app_metadata", utf8, FIELDS);
    OptionalInt bucket =
        json.has("bucket")
            ? OptionalInt.of((int) json.whole("bucket", 0, Integer.MAX_VALUE))
            : OptionalInt.empty();
    if (json.has("writerId") != json.has("sequence")) {
      throw Json.refused("the batch's app_metadata needs both 'writerId' and 'sequence', or none");
    }
    return new PutMetadata(bucket, json.has("writerId") ? writer(json) : null);
  }

  /** Writes the answer to a batch. */
  static byte[] results(List<Appended> appended) {
    var answer = Json.object();
    ArrayNode results = answer.putArray("results");
    for (Appended one : appended) {
      results
          .addObject()
          .put("bucket", one.bucket())
          .put("offset", one.offset())
          .put("rows", one.rows());
    }
    return Json.write(answer);
  }

  private static WriterSequence writer(Json json) throws ProblemException {
    String id = json.text("writerId");
    long sequence = json.whole("sequence", 0, Long.MAX_VALUE);
    try {
      return new WriterSequence(UUID.fromString(id), sequence);
    } catch (IllegalArgumentException e) {
      throw Json.refused("the batch's 'writerId' must be a UUID, got '" + id + "'");
    }
  }
}
