package io.sluice.gateway.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.level.Levels;
import io.sluice.catalog.level.RegisteredGateway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A gateway of the cluster. Its entry in the metadata store is JSON: {@code {"host":"10.0.0.7",
 * "port":9470,"level":2}}; fields that a later version adds are ignored.
 *
 * @param id drawn at each start, as it stands in claims
 * @param host where clients and other gateways reach it
 * @param port its port, 1 to 65,535
 * @param level what it understands of what others write, see {@link Levels}
 */
public record Peer(String id, String host, int port, int level) {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** A gateway of this version. */
  public Peer(String id, String host, int port) {
    this(id, host, port, Levels.OWN);
  }

  /** Returns {@code host:port}. */
  public String endpoint() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** Returns the value of the gateway's entry. */
  byte[] toBytes() {
    return MAPPER
        .createObjectNode()
        .put("host", host)
        .put("port", port)
        .put(RegisteredGateway.LEVEL, level)
        .toString()
        .getBytes(StandardCharsets.UTF_8);
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
    int level = RegisteredGateway.read(id, value).level();
    return new Peer(id, host.asText(), port.asInt(), level);
  }
}
