package io.sluice.compactor.maintain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.compaction.MaintenanceNote;
import io.sluice.catalog.compaction.MaintenanceNotes;
import io.sluice.catalog.level.NewerVersionException;
import io.sluice.compactor.work.WorkClaim;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a {@link MaintenanceRecord}: UTF-8 JSON.
 *
 * <pre>{@code
 * {"v":1,"incarnation":"<uuid>","claim":{"worker":"<name>","until":<epoch millis>},
 *  "doneAt":{"<step>":<epoch millis>},"note":{...}}
 * }</pre>
 *
 * The claim is missing where there is none, and so is the {@link MaintenanceNote}. Steps that a
 * reader doesn't know are skipped.
 */
final class MaintenanceCodec {

  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  static byte[] encode(MaintenanceRecord record) {
    ObjectNode json = JSON.createObjectNode();
    json.put("v", VERSION);
    json.put("incarnation", record.incarnation().toString());
    WorkClaim claim = record.claim();
    if (claim != null) {
      json.putObject("claim")
          .put("worker", claim.worker())
          .put("until", claim.until().toEpochMilli());
    }
    ObjectNode doneAt = json.putObject("doneAt");
    record.doneAt().forEach((step, at) -> doneAt.put(step.text(), at.toEpochMilli()));
    if (!record.note().equals(MaintenanceNote.NONE)) {
      json.set(MaintenanceNotes.FIELD, record.note().json());
    }
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a record.
   *
   * @throws IllegalArgumentException if the bytes aren't one, or one of a later version
   */
  static MaintenanceRecord decode(String path, byte[] bytes) {
    JsonNode json;
    try {
      json = JSON.readTree(bytes);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a maintenance record: not JSON: " + path, e);
    }
    int version = json.path("v").asInt();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          NewerVersionException.text("maintenance record " + path, version, VERSION));
    }
    Map<Step, Instant> doneAt = new EnumMap<>(Step.class);
    for (Step step : Step.values()) {
      JsonNode at = json.path("doneAt").get(step.text());
      if (at != null) {
        doneAt.put(step, Instant.ofEpochMilli(at.longValue()));
      }
    }
    return new MaintenanceRecord(
        UUID.fromString(json.required("incarnation").textValue()),
        claim(json),
        doneAt,
        MaintenanceNote.of(json.path(MaintenanceNotes.FIELD)));
  }

  private static @Nullable WorkClaim claim(JsonNode json) {
    JsonNode claim = json.get("claim");
    return claim == null
        ? null
        : new WorkClaim(
            claim.required("worker").textValue(),
            Instant.ofEpochMilli(claim.required("until").longValue()));
  }

  private MaintenanceCodec() {}
}
