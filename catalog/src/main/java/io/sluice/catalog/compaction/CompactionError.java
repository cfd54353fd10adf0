package io.sluice.catalog.compaction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * Why a table's last compaction, or a step of its maintenance, failed. Stored as
 *
 * <pre>{@code {"v":1,"at":"2026-01-01T00:00:00Z","worker":"...","message":"..."}}</pre>
 *
 * @param at when it failed
 * @param worker the compactor that tried
 * @param message what happened and what to do, at most {@value #MOST_CHARACTERS} characters; what
 *     is longer is cut
 */
public record CompactionError(Instant at, String worker, String message) {

  static final int MOST_CHARACTERS = 2_000;

  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  public CompactionError {
    if (message.length() > MOST_CHARACTERS) {
      message = message.substring(0, MOST_CHARACTERS - 3) + "...";
    }
  }

  byte[] encode() {
    return json().toString().getBytes(StandardCharsets.UTF_8);
  }

  ObjectNode json() {
    return JSON.createObjectNode()
        .put("v", VERSION)
        .put("at", at.toString())
        .put("worker", worker)
        .put("message", message);
  }

  /** Empty if it isn't one that this version understands: it only tells people something. */
  static Optional<CompactionError> decode(byte[] value) {
    try {
      return of(JSON.readTree(value));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Empty if it isn't one that this version understands. */
  static Optional<CompactionError> of(JsonNode json) {
    try {
      return json.path("v").asInt() != VERSION
          ? Optional.empty()
          : Optional.of(
              new CompactionError(
                  Instant.parse(json.path("at").asText()),
                  json.path("worker").asText(),
                  json.path("message").asText()));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
