package io.sluice.gateway.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A gateway of the cluster. Its entry in the metadata store is JSON: {@code {"host":"10.0.0.7",
 * "port":9470}}; fields that a later version adds are ignored.
 *
 * @param id drawn at each start, as it stands in claims
 * @param host where clients and other gateways reach it
 * @param port its port, 1 to 65,535
 */
public record Peer(String id, String host, int port) {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Returns {@code host:port}. */
  public String endpoint() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** Returns the value of the gateway's entry. */
  byte[] toBytes() {
    try {
      return MAPPER.writeValueAsBytes(Map.of("host", host, "port", port));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("two plain values are always JSON", e);
    }
  }

  /**
   * Reads an entry.
   *
   * @throws IOException if it isn't one
   */
  static Peer read(String id, byte[] value) throws IOException {
    JsonNode json = MAPPER.readTree(value);
    JsonNode host = json.path("host");
    JsonNode port = json.path("port");
    if (!host.isTextual() || !port.isInt()) {
      throw new IOException(
          "the entry of gateway %s has no host and port: %s"
              .formatted(id, new String(value, StandardCharsets.UTF_8)));
    }
    return new Peer(id, host.asText(), port.asInt());
  }
}
