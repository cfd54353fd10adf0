package io.sluice.catalog.compaction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.table.TableName;

/**
 * Says through a queue that a table has sealed segments: {@code
 * {"version":1,"database":"d","table":"t"}}. It may come twice, late, or not at all, and says
 * nothing about which segments: whoever gets it looks for itself.
 *
 * @param table the table
 */
public record Announcement(TableName table) {

  private static final int VERSION = 1;
  private static final int SHOWN = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Returns the message's body. */
  public String encode() {
    return JSON.createObjectNode()
        .put("version", VERSION)
        .put("database", table.database())
        .put("table", table.table())
        .toString();
  }

  /**
   * Reads a message's body.
   *
   * @throws IllegalArgumentException if it is none, or of a version that isn't known here
   */
  public static Announcement decode(String body) {
    try {
      JsonNode json = JSON.readTree(body);
      if (!json.isObject()) {
        throw new IllegalArgumentException("not an announcement: " + shown(body));
      }
      if (json.path("version").asInt() != VERSION) {
        throw new IllegalArgumentException(
            "an announcement of version "
                + json.path("version")
                + ", but this compactor reads version "
                + VERSION
                + ": "
                + shown(body));
      }
      return new Announcement(
          new TableName(json.path("database").asText(), json.path("table").asText()));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + shown(body), e);
    }
  }

  private static String shown(String body) {
    return body.length() <= SHOWN ? body : body.substring(0, SHOWN) + "...";
  }
}
