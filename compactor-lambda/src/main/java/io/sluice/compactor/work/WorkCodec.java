package io.sluice.compactor.work;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.level.NewerVersionException;
import io.sluice.catalog.range.OffsetRange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a {@link Work}: UTF-8 JSON.
 *
 * <pre>{@code
 * {"v":1,"incarnation":"<uuid>","plannedTo":{"<bucket>":<offset>},
 *  "plans":[{"id":"<uuid>","ranges":{"<bucket>":[<start>,<end>]},
 *            "claim":{"worker":"<name>","until":<epoch millis>},
 *            "failures":<n>,
 *            "result":{"manifest":"<location>","length":<bytes>,"spec":<id>,
 *                      "files":<n>,"rows":<n>,"bytes":<n>,"at":<epoch millis>}}],
 *  "committer":{"worker":"<name>","until":<epoch millis>}}
 * }</pre>
 *
 * Claim, failures, result and committer are missing where there is none. Fields that a reader
 * doesn't know are skipped; a change that a reader must not miss raises the version.
 */
public final class WorkCodec {

  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Returns a record's bytes. */
  public static byte[] encode(Work work) {
    ObjectNode json = JSON.createObjectNode();
    json.put("v", VERSION);
    json.put("incarnation", work.incarnation().toString());
    ObjectNode plannedTo = json.putObject("plannedTo");
    work.plannedTo().forEach((bucket, offset) -> plannedTo.put(bucket.toString(), offset));
    ArrayNode plans = json.putArray("plans");
    work.plans().forEach(plan -> encode(plan, plans.addObject()));
    encode(work.committer(), "committer", json);
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void encode(Plan plan, ObjectNode json) {
    json.put("id", plan.id().toString());
    ObjectNode ranges = json.putObject("ranges");
    plan.ranges()
        .forEach(
            (bucket, range) ->
                ranges.putArray(bucket.toString()).add(range.start()).add(range.end()));
    encode(plan.claim(), "claim", json);
    if (plan.failures() > 0) {
      json.put("failures", plan.failures());
    }
    PlanResult result = plan.result();
    if (result != null) {
      ObjectNode written = json.putObject("result");
      written
          .put("manifest", result.manifest())
          .put("length", result.manifestBytes())
          .put("spec", result.specId())
          .put("files", result.files())
          .put("rows", result.rows())
          .put("bytes", result.bytes())
          .put("at", result.at().toEpochMilli());
      if (!result.spec().fields().isEmpty()) {
        written.put("partitions", result.spec().fields());
        ArrayNode values = written.putArray("ranges");
        result
            .partitions()
            .forEach(
                range ->
                    values
                        .addArray()
                        .add(range.nulls())
                        .add(range.nans())
                        .add(range.lower())
                        .add(range.upper()));
      }
    }
  }

  private static void encode(@Nullable WorkClaim claim, String field, ObjectNode json) {
    if (claim != null) {
      json.putObject(field)
          .put("worker", claim.worker())
          .put("until", claim.until().toEpochMilli());
    }
  }

  /**
   * Reads a record.
   *
   * @param path where it was, for messages
   * @throws IllegalArgumentException if the bytes aren't one, or one of a later version
   */
  public static Work decode(String path, byte[] bytes) {
    JsonNode json;
    try {
      json = JSON.readTree(bytes);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a work record: not JSON", e);
    }
    int version = json.path("v").asInt();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          NewerVersionException.text("work record " + path, version, VERSION));
    }
    SortedMap<Integer, Long> plannedTo = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : json.required("plannedTo").properties()) {
      plannedTo.put(Integer.valueOf(entry.getKey()), entry.getValue().longValue());
    }
    List<Plan> plans = new ArrayList<>();
    json.required("plans").forEach(plan -> plans.add(plan(plan)));
    return new Work(uuid(json, "incarnation"), plannedTo, plans, claim(json.get("committer")));
  }

  private static Plan plan(JsonNode json) {
    SortedMap<Integer, OffsetRange> ranges = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : json.required("ranges").properties()) {
      JsonNode range = entry.getValue();
      ranges.put(
          Integer.valueOf(entry.getKey()),
          new OffsetRange(range.required(0).longValue(), range.required(1).longValue()));
    }
    return new Plan(
        uuid(json, "id"),
        ranges,
        claim(json.get("claim")),
        result(json.get("result")),
        json.path("failures").asInt());
  }

  private static @Nullable WorkClaim claim(@Nullable JsonNode json) {
    return json == null
        ? null
        : new WorkClaim(json.required("worker").textValue(), instant(json, "until"));
  }

  private static @Nullable PlanResult result(@Nullable JsonNode json) {
    return json == null
        ? null
        : new PlanResult(
            json.required("manifest").textValue(),
            json.required("length").longValue(),
            new ResultSpec(json.required("spec").intValue(), json.path("partitions").asText("")),
            ranges(json.path("ranges")),
            json.required("files").intValue(),
            json.required("rows").longValue(),
            json.required("bytes").longValue(),
            instant(json, "at"));
  }

  private static List<PartitionRange> ranges(JsonNode json) {
    List<PartitionRange> ranges = new ArrayList<>();
    json.forEach(
        range ->
            ranges.add(
                new PartitionRange(
                    range.required(0).booleanValue(),
                    range.required(1).booleanValue(),
                    range.required(2).textValue(),
                    range.required(3).textValue())));
    return ranges;
  }

  private static UUID uuid(JsonNode json, String field) {
    return UUID.fromString(json.required(field).textValue());
  }

  private static Instant instant(JsonNode json, String field) {
    return Instant.ofEpochMilli(json.required(field).longValue());
  }

  private WorkCodec() {}
}
