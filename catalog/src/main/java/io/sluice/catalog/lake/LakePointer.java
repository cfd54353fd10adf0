package io.sluice.catalog.lake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.iceberg.exceptions.ServiceFailureException;

/**
 * The value behind a lake table's name:
 *
 * <pre>{@code {"v":1,"metadata-location":"file:///lake/db/t-0e3c.../metadata/00001-....json"}}
 * </pre>
 */
final class LakePointer {

  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  static byte[] encode(String metadataLocation) {
    return JSON.createObjectNode()
        .put("v", VERSION)
        .put("metadata-location", metadataLocation)
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  static String decode(String path, byte[] value) {
    try {
      JsonNode json = JSON.readTree(value);
      String location = json.path("metadata-location").textValue();
      if (json.path("v").asInt() == VERSION && location != null) {
        return location;
      }
    } catch (IOException e) {
      throw new ServiceFailureException(e, "Not a pointer to a lake table: %s", path);
    }
    throw new ServiceFailureException(
        "Not a pointer to a lake table of version %s: %s: %s",
        VERSION, path, new String(value, StandardCharsets.UTF_8));
  }

  private LakePointer() {}
}
