package io.sluice.catalog.compaction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * Why a table's last compaction failed. Stored as
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
    try {
      return JSON.writeValueAsBytes(
          JSON.createObjectNode()
              .put("v", VERSION)
              .put("at", at.toString())
              .put("worker", worker)
              .put("message", message));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("strings can't be written as JSON", e);
    }
  }

  /** Empty if it isn't one that this version understands: it only tells people something. */
  static Optional<CompactionError> decode(byte[] value) {
    try {
      JsonNode json = JSON.readTree(value);
      if (json.path("v").asInt() != VERSION) {
        return Optional.empty();
      }
      return Optional.of(
          new CompactionError(
              Instant.parse(json.path("at").asText()),
              json.path("worker").asText(),
              json.path("message").asText()));
    } catch (IOException | DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
